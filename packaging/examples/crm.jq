# CRM: who did what, and how much of it earns points. Without a member it is an anonymous visit without points. What is
# about points already earned (redemptions, leases) goes as it is: the loyalty engine books it (sync/README.md).

.occurred_at as $corrected  # where the box did not know the time
| .transaction
| (.member_id // null) as $member
| if .type == "redemption" or .type == "redemption_voided" or .type == "lease_returned" then . else {
    activity: .id,
    member_id: $member,
    kind: .type,
    occurred_at: ($corrected // .occurred_at),
    points_base: (if $member == null then 0 else (.total // 0) end)
  } end
