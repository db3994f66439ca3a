# CRM: who did what, and how much of it earns points. Without a member it is an anonymous visit without points.

.transaction
| (.member_id // null) as $member
| {
    activity: .id,
    member_id: $member,
    kind: .type,
    occurred_at: .occurred_at,
    points_base: (if $member == null then 0 else (.total // 0) end)
  }
