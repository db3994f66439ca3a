-- What has been taken from pots that must never give more than their limit, see entry.h. Goes with its newest entry.
CREATE TABLE pots (
    name   TEXT PRIMARY KEY,
    spent  INTEGER NOT NULL,
    number INTEGER NOT NULL  -- the newest entry that drew on it
) WITHOUT ROWID;

-- Which entries refer to one: what of a sale was returned or voided already.
CREATE INDEX entries_by_reference ON entries (refers_to) WHERE refers_to <> '';
