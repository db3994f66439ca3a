# ERP: a page of changes. What is deleted comes among the others, marked.

.body
| {
    records: [.items[] | select(.deleted != true)],
    deleted: [.items[] | select(.deleted == true) | .price_id],
    next: (.next_page // null),
    cursor: .cursor
  }
