-- The trace that a transaction belongs to (W3C Trace Context), as the till said it; NULL: it said none.
ALTER TABLE entries ADD COLUMN traceparent TEXT;
