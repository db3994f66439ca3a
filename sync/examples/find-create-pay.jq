# An order system with a call for each thing: orders are found by their receipt, made, and paid. steps.h tells what goes
# in and what may come out.
#
# It begins with a search: an attempt before this one may have been broken off anywhere. What is said to be there already
# counts once it was found.
.transaction as $t | .answers as $a
| def request($name; $path; $body): {request: {name: $name, path: $path, body: $body}};
  def search($name): request($name; "/orders?receipt=" + ($t.id | @uri); null);
  def order: $a.found_after_all.body[0]? // $a.create.body.order? // $a.find.body[0]?;
  def is_duplicate: tostring | test("duplicate|NOT_UNIQUE|must be unique|key_reused"; "i");
  if $a.find == null then search("find")
  elif order == null and $a.create == null then request("create"; "/orders"; {receipt: $t.id, total: $t.total})
  elif order == null and $a.found_after_all == null and ($a.create.body | is_duplicate) then search("found_after_all")
  elif order == null then {outcome: "rejected", reason: ($a.create.body | tostring)}
  elif order.paid or $a.pay.status == 201 or $a.pay.status == 409 then
    {outcome: (if $a.create.status == 201 then "delivered" else "duplicate" end), document: order.id}
  elif $a.pay == null then request("pay"; "/orders/" + order.id + "/payments"; {amount: $t.total})
  else {outcome: "rejected", reason: ($a.pay.body | tostring)} end
