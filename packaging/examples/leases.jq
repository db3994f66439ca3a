# Leases: whom each is for stands in what is signed (its claims); there tills' questions find it. The signature is checked when a lease is used.

def claims: split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | @base64d | fromjson;

.body
| {
    records: [
      .records[]
      | . + (.jws | claims | {member_id: .sub, pool: .pool, store: .aud} | with_entries(select(.value != null)))
    ],
    deleted: (.deleted // []),
    next: (.next // null),
    cursor: (.cursor // null)
  }
