-- Where a destination booked otherwise than the store did: a few among millions, so that listing them reads no others.
CREATE INDEX entries_reconciled ON entries (type, kind) WHERE type = 'reconciliation';
