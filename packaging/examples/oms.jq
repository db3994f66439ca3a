# OMS: what left the store and what came back, article by article. Prices and tenders stay with the ERP.

def article: {sku: (.sku // null), quantity: (.quantity // 1), amount: (.amount // 0)};
def absolute: if . < 0 then -. else . end;
def returned: article | .quantity |= absolute | .amount |= absolute;

.transaction
| .type as $type
| (.lines // []) as $lines
| {
    order_reference: .id,
    kind: $type,
    receipt: (.receipt // null),
    lines: [$lines[] | select($type != "return" and (.quantity // 1) >= 0) | article],
    returns: [$lines[] | select($type == "return" or (.quantity // 1) < 0) | returned],
    refers_to: (.refers_to // null)
  }
