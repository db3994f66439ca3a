-- Under which number a destination booked an entry. Goes with the entry.
CREATE TABLE documents (
    number      INTEGER NOT NULL,  -- of the entry
    destination TEXT NOT NULL,
    document    TEXT NOT NULL,     -- visible ASCII, see Booking in progress.h
    PRIMARY KEY (number, destination)
) WITHOUT ROWID;
