# ERP: one posting document per transaction; debits equal credits.
#
# Each tender is debited, revenue (total without taxes) and each tax are credited; money that goes out (a return) has
# its sides reversed, so that no amount is negative. Transactions without money (a till opens, ...) give no postings.
# A total that no tender accounts for is posted to "tender:unknown", for a person to see.

def side($usual; $amount):
  if $amount >= 0 then $usual elif $usual == "debit" then "credit" else "debit" end;

def posting($account; $usual; $amount):
  select($amount != 0) | {account: $account, side: side($usual; $amount), amount: (if $amount < 0 then -$amount else $amount end)};

# A box that did not know the time gives the corrected day beside the transaction.
.store as $store | .till as $till | .business_day as $corrected_day
| .transaction
| (.tenders // []) as $tenders
| (.taxes // []) as $taxes
| ([$tenders[] | .amount] | add // 0) as $paid
| (.total // $paid) as $total
| ([$taxes[] | .amount] | add // 0) as $tax
| {
    transaction: .id,
    document_type: .type,
    store: $store,
    till: $till,
    receipt: (.receipt // null),
    business_day: ($corrected_day // .business_day // .occurred_at[0:10]),
    currency: (.currency // null),
    total: $total,
    postings: (
      [ $tenders[] | . as $tender | posting("tender:" + ($tender.type // "unknown"); "debit"; $tender.amount) ]
      + [ posting("tender:unknown"; "debit"; $total - $paid) ]
      + [ (if .type == "cash_movement" then "cash_in_transit" else "revenue" end) as $account
          | posting($account; "credit"; $total - $tax) ]
      + [ $taxes[] | . as $tax_line | posting("tax:" + ($tax_line.rate | tostring); "credit"; $tax_line.amount) ]
    )
  }
  + (if .refers_to then {refers_to: .refers_to} else {} end)
