# Tryton: a confirmed sale of its web shop (`sale.sale`) for each receipt; its `web_id` is our id. steps.h tells what
# goes in and what may come out, README.md beside this file what Tryton must have.
#
#   find -> shop -> articles -> customer -> create -> quote -> confirm -> booked
#
# An attempt goes on where the one before broke off: a sale that is a draft is quoted, one that is quoted is confirmed,
# one that is confirmed is processed (Tryton does so itself after it confirmed, unless it is killed between the two).
# A member whom Tryton does not know becomes a party.

.transaction as $t | .answers as $a | .store as $store
| (.business_day // $t.business_day // $t.occurred_at[0:10]) as $day
| def rpc($name; $method; $params):
    {request: {name: $name, body: {id: 1, method: "model.\($method)", params: $params}}};
  def search($name; $model; $domain; $fields):
    rpc($name; $model + ".search_read"; [$domain, 0, null, null, $fields, {}]);
  def find($name): search($name; "sale.sale"; [["web_id", "=", $t.id]]; ["number", "state", "total_amount"]);
  def customer($name): search($name; "party.party"; [["code", "=", ($t.member_id // "walk-in")]]; ["addresses"]);
  def button($name; $sale): rpc($name; "sale.sale.\($name)"; [[$sale.id], {}]);

  # Tryton's amounts are decimals, ours are integers of the minor unit.
  def decimal:
    def digits: tostring | if length < 2 then "0" + . else . end;
    (if . < 0 then "-" else "" end) + (fabs | "\(. / 100 | floor).\(. % 100 | digits)");
  def minor: .decimal | tonumber * 100 | round;

  # What the till took counts. Where quantity times price is something else, the line is one piece of that amount; what
  # the total differs from the lines is a line as well.
  def line: . as $line
    | (if $line.quantity * $line.unit_price == $line.amount then {quantity: $line.quantity, price: $line.unit_price}
       else {quantity: (if $line.amount < 0 then -1 else 1 end), price: ($line.amount | fabs)} end)
    | {type: "line", quantity: .quantity, unit_price: {__class__: "Decimal", decimal: (.price | decimal)},
       description: ([$line.sku, $line.description] | map(strings) | join(" "))}
    | (first($a.articles.body.result[] | select(.code == $line.sku)) // null) as $article
    | if $article then . + {product: $article.id, unit: $article.sale_uom} else . end;
  def lines: ([$t.lines[]? | .amount] | add // 0) as $sum
    | [$t.lines[]? | {sku, description, quantity: (.quantity // 1), unit_price: (.unit_price // .amount), amount}]
    + (if $sum == ($t.total // $sum) then []
       else [{description: "difference to the total", quantity: 0, unit_price: 1, amount: ($t.total - $sum)}] end)
    | map(line);
  def sale($shop; $party): ($day | split("-") | map(tonumber)) as [$year, $month, $date] | {
      web_shop: $shop.id, web_id: $t.id, reference: ($t.receipt // $t.id),
      company: $shop.company, currency: $shop.currency,
      party: $party.id, invoice_address: $party.addresses[0], shipment_address: $party.addresses[0],
      sale_date: {__class__: "date", year: $year, month: $month, day: $date},
      invoice_method: "manual", shipment_method: "manual",  # paid, and carried away
      comment: ([($t.tenders[]? | "\(.type) \(.amount | decimal)"),
        ($t.taxes[]? | "contains \(.amount | decimal) of tax, \(.rate) %")] | join("\n")),
      lines: [["create", lines]]
    };

  # What is wrong with a content Tryton says inside 200, as UserError or UserWarning, in the language of its user. All
  # else is its own trouble.
  def failed: if .status != 200 then {outcome: "again", reason: "HTTP \(.status)"}
    elif .body.error == null then empty
    elif (.body.error[0] | tostring | startswith("User")) then
      {outcome: "rejected", reason: (.body.error[1] | tostring)}
    elif .body.error[0] == "LoginException" then {outcome: "unauthorised"}
    else {outcome: "again", reason: (.body.error[0] | tostring)} end;
  def refused: [failed | select(.outcome == "rejected")] != [];
  def again($reason): {outcome: "again", reason: $reason};
  def first_of(answers): first(answers | select(. != null) | .body.result | arrays | .[0] | values) // null;

  # A create that is refused says nothing yet: what it makes may be there already, and is looked up.
  def speaks_for_itself: (.key | IN("create", "make_customer")) and (.value | refused) | not;

  first_of($a.customer_made, $a.customer) as $party
| first_of($a.shop) as $shop
| (first_of($a.create) | if . then {id: ., state: "draft"} else null end) as $created
| (first_of($a.booked, $a.found_after_all, $a.find) // $created) as $sale
| (first($a | to_entries[] | select(speaks_for_itself) | .value | failed) // null) as $fault
| if $a.find == null then find("find")
  elif $fault then $fault
  elif $sale.state == "confirmed" and $a.process == null then button("process"; $sale)
  elif $a.booked or ($sale.state | IN("confirmed", "processing", "done", "cancelled")) then
    if $sale.number == null then again("the sale is not confirmed yet")
    else {outcome: (if $created then "delivered" else "duplicate" end), document: $sale.number}
      + (($sale.total_amount | minor) as $booked | if $booked == ($t.total // $booked) then {} else
          {difference: {cause: "other_total", amount: ($booked - $t.total), unit: $t.currency}} end) end
  elif $sale and $sale.state == "draft" and $a.quote == null then button("quote"; $sale)
  elif $sale and $a.confirm == null then button("confirm"; $sale)
  elif $sale then find("booked")
  elif $a.found_after_all then $a.create | failed
  elif $a.create then find("found_after_all")
  elif $a.shop == null then search("shop"; "web.shop"; [["name", "=", $store]]; ["company", "currency"])
  elif $shop == null then again("there is no web shop \($store)")
  elif $a.articles == null then
    [$t.lines[]? | .sku | strings] | unique
    | search("articles"; "product.product"; [["code", "in", .]]; ["code", "sale_uom"])
  elif $a.customer == null then customer("customer")
  elif $party then rpc("create"; "sale.sale.create"; [[sale($shop; $party)], {}])
  elif $t.member_id == null then again("there is no party with the code walk-in")
  elif $a.make_customer == null then
    rpc("make_customer"; "party.party.create";
        [[{name: "Member \($t.member_id)", code: $t.member_id, addresses: [["create", [{}]]]}], {}])
  elif $a.customer_made == null then customer("customer_made")
  else first(($a.make_customer | failed), again("the customer that was made is not found")) end
