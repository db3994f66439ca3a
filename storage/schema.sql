-- The whole schema as it is today. Not read by the program: a test proves that all migrations together equal it.
-- What is true of the file as a whole: compatible_version, anchor_number, anchor_hash, key_check.
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value NOT NULL
) WITHOUT ROWID;

-- Boot ids have 32 or more characters and repeat for weeks: entries point at them.
CREATE TABLE boots (
    id      INTEGER PRIMARY KEY,
    boot_id TEXT NOT NULL UNIQUE
, clock_offset INTEGER);

-- The log. Append-only: rows are only ever removed at the old end, after retention.
CREATE TABLE entries (
    number         INTEGER PRIMARY KEY,
    kind           INTEGER NOT NULL,
    transaction_id NOT NULL,          -- 16 bytes (BLOB) for a UUID in canonical lower case, else TEXT
    body_tag       INTEGER NOT NULL,  -- first 8 bytes of SHA-256(body): tells most other contents apart unread
    arrived_at     INTEGER NOT NULL,  -- microseconds since 1970 UTC
    monotonic      INTEGER NOT NULL,  -- microseconds since boot
    boot           INTEGER NOT NULL,  -- boots.id
    clock_trusted  INTEGER NOT NULL,
    hash           BLOB NOT NULL,
    till           TEXT NOT NULL,
    till_sequence  INTEGER,
    type           TEXT NOT NULL,
    business_day   TEXT NOT NULL,
    occurred_at    TEXT NOT NULL,
    refers_to      NOT NULL,          -- as transaction_id
    receipt        TEXT NOT NULL,
    problems       TEXT NOT NULL,
    repairs        INTEGER NOT NULL,
    body           BLOB NOT NULL      -- see body_codec.h
, traceparent TEXT);
CREATE INDEX entries_by_transaction ON entries (transaction_id);
CREATE INDEX entries_by_receipt ON entries (receipt) WHERE receipt <> '';

-- How far each destination has come.
CREATE TABLE cursors (
    destination TEXT PRIMARY KEY,
    number      INTEGER NOT NULL
) WITHOUT ROWID;

-- What a destination does not get now; destination '' is quarantine.
CREATE TABLE held (
    destination TEXT NOT NULL,
    number      INTEGER NOT NULL,
    state       INTEGER NOT NULL,
    waits_for   INTEGER NOT NULL,
    body_number INTEGER NOT NULL,
    since       INTEGER NOT NULL,  -- microseconds since 1970 UTC
    reason      TEXT NOT NULL,
    PRIMARY KEY (destination, number)
) WITHOUT ROWID;
CREATE INDEX held_waiting ON held (destination, waits_for) WHERE waits_for <> 0;
CREATE INDEX held_by_number ON held (number);

-- What has been taken from pots that must never give more than their limit, see entry.h. Goes with its newest entry.
CREATE TABLE pots (
    name   TEXT PRIMARY KEY,
    spent  INTEGER NOT NULL,
    number INTEGER NOT NULL  -- the newest entry that drew on it
) WITHOUT ROWID;

-- Which entries refer to one: what of a sale was returned or voided already.
CREATE INDEX entries_by_reference ON entries (refers_to) WHERE refers_to <> '';

-- Under which number a destination booked an entry. Goes with the entry.
CREATE TABLE documents (
    number      INTEGER NOT NULL,  -- of the entry
    destination TEXT NOT NULL,
    document    TEXT NOT NULL,     -- visible ASCII, see Booking in progress.h
    PRIMARY KEY (number, destination)
) WITHOUT ROWID;

-- What the box itself wrote: a few among millions, so that listing them reads no others.
CREATE INDEX entries_own ON entries (type, kind) WHERE type IN ('day_manifest', 'outage', 'reconciliation', 'staff_action');
