# Vendure: an order with its payment settled for each receipt; its `posReceiptId` is our id. steps.h tells what goes in
# and what may come out, README.md beside this file what Vendure must have.
#
#   find -> clean -> create -> receipt -> lines -> pay
#
# A draft has no receipt before the second call. So an attempt begins by deleting what one before it has left: drafts of
# this receipt, and drafts of none. That is safe for a key that makes one draft at a time, in a channel of its own.

.transaction as $t | .answers as $a
| def lines_max: 3;  # Vendure computes the whole order anew for each: a longer receipt is one line
  def ask($name; $query; $variables): {request: {name: $name, body: {query: $query, variables: $variables}}};
  def mistakes: "... on ErrorResult { errorCode message }";

  # What the till took counts. Vendure counts in whole pieces, and its prices are not below nothing.
  def fits: .quantity == (.quantity | floor) and .quantity > 0 and .unit_price >= 0
    and .quantity * .unit_price == .amount;
  def lines: [$t.lines[]? | {sku, text: ([.sku, .description] | map(strings) | join(" ") | .[:255]),
      quantity: (.quantity // 1), unit_price: (.unit_price // .amount), amount}] as $lines
    | if ($lines | length <= lines_max and all(fits)) and ($lines | map(.amount) | add) == $t.total then $lines
      else [{text: "\($lines | length) lines", quantity: 1, unit_price: $t.total}] end;

  def find($name): ask($name;
    "query($receipt: String!, $skus: [String!]!) {
      orders(options: {filter: {_or: [{posReceiptId: {eq: $receipt}},
          {_and: [{state: {eq: \"Draft\"}}, {posReceiptId: {isNull: true}}]}]}}) {
        items { id code state totalWithTax } }
      productVariants(options: {filter: {sku: {in: $skus}}}) { items { id sku } } }";
    {receipt: $t.id, skus: (["till"] + [lines[] | .sku | strings] | unique)});
  def clean($name; $drafts): ask($name;
    "mutation { \($drafts | map(.id | tojson) | to_entries
      | map("d\(.key): deleteDraftOrder(orderId: \(.value)) { result }") | join(" ")) }"; {});
  def add_lines($order; $variants):
    (lines | to_entries) as $lines
    | ask("lines";
      "mutation($order: ID!, \($lines | map("$l\(.key): AddItemToDraftOrderInput!") | join(", "))) {
        \($lines | map("l\(.key): addItemToDraftOrder(orderId: $order, input: $l\(.key)) {
          __typename \(mistakes) }") | join(" "))
        \(if $t.member_id then "member: setCustomerForDraftOrder(orderId: $order, input: {
          emailAddress: \("\($t.member_id)@members.example" | tojson), firstName: \"Member\",
          lastName: \($t.member_id | tojson)}) { __typename \(mistakes) }" else "" end) }";
      {order: $order} + ($lines | map({key: "l\(.key)", value: (.value as $line | {
        productVariantId: first($line.sku, "till" | . as $sku | $variants[] | select(.sku == $sku)).id,
        quantity: $line.quantity, customFields: {posPrice: $line.unit_price, posText: $line.text}})}) | from_entries));
  def pay($order): ask("pay";
    "mutation($order: ID!, $receipt: String!) {
      ready: transitionOrderToState(id: $order, state: \"ArrangingPayment\") { __typename \(mistakes) }
      paid: addManualPaymentToOrder(input: {orderId: $order, method: \"till\", transactionId: $receipt, metadata: {}}) {
        __typename ... on Order { code state totalWithTax } \(mistakes) } }";
    {order: $order, receipt: $t.id});

  # Vendure tells everything inside 200. What has no code of its own is its own trouble.
  def failed: if .status != 200 and .body.errors == null then {outcome: "again", reason: "HTTP \(.status)"}
    elif .body.errors == null then empty
    elif .body.errors[0].extensions.code == "FORBIDDEN" then {outcome: "unauthorised"}
    else .body.errors[0] | {reason: (.message | tostring), outcome:
      (if .extensions.code | . == null or . == "INTERNAL_SERVER_ERROR" then "again" else "rejected" end)} end;
  def mistake: first(.body.data[]? | objects | select(.errorCode) | "\(.errorCode): \(.message)") // null;

  ($a.found_after_all // $a.find | .body.data.orders.items) as $orders
| [$orders[]? | select(.state == "Draft")] as $left
| (first($orders[]? | select(.state != "Draft")) // null) as $mine
| $a.create.body.data.createDraftOrder.id as $order
| (first($a | to_entries[] | select(.key != "receipt") | .value | failed) // null) as $fault
| if $a.find == null then find("find")
  elif $fault then $fault
  elif $left != [] and $a.found_after_all == null and $a.clean == null then clean("clean"; $left)
  elif $left != [] and $a.found_after_all and $a.clean_after_all == null then clean("clean_after_all"; $left)
  elif $a.pay.body.data.paid.state == "PaymentSettled" then
    $a.pay.body.data.paid | {outcome: "delivered", document: .code}
      + (if .totalWithTax == $t.total then {} else
          {difference: {cause: "other_total", amount: (.totalWithTax - $t.total), unit: $t.currency}} end)
  elif $a.pay then {outcome: "again", reason: ($a.pay | mistake // "the payment is not settled")}
  elif $mine.state == "ArrangingPayment" then pay($mine.id)
  elif $mine then {outcome: "duplicate", document: $mine.code}
  elif $t.total < 0 then {outcome: "rejected", reason: "Vendure knows no order of less than nothing"}
  elif $a.create == null then ask("create"; "mutation { createDraftOrder { id } }"; {})
  elif $a.receipt == null then ask("receipt";
    "mutation($order: ID!, $receipt: String!) {
      setOrderCustomFields(input: {id: $order, customFields: {posReceiptId: $receipt}}) { id } }";
    {order: $order, receipt: $t.id})
  # That the receipt is there already is a raw message of the database: it is looked up before it counts.
  elif $a.receipt.body.errors and $a.found_after_all == null then find("found_after_all")
  elif $a.receipt.body.errors then $a.receipt | failed
  elif $a.lines == null then add_lines($order; $a.find.body.data.productVariants.items)
  elif ($a.lines | mistake) and $a.clean_after_all == null then clean("clean_after_all"; [{id: $order}])
  elif $a.lines | mistake then {outcome: "rejected", reason: ($a.lines | mistake)}
  else pay($order) end
