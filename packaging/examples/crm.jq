# CRM: who did what, and how much of it earns points. Without a member it is an anonymous visit without points.

.occurred_at as $corrected  # where the box did not know the time
| .transaction
| (.member_id // null) as $member
| {
    activity: .id,
    member_id: $member,
    kind: .type,
    occurred_at: ($corrected // .occurred_at),
    points_base: (if $member == null then 0 else (.total // 0) end)
  }
