-- Schema version 1 of the store (PRAGMA user_version). What the columns mean
-- is said in store.h. `place` is channel * 2^40 + a count within the channel,
-- so that what arrives together lies together.

CREATE TABLE channel (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 32),
    own_party INTEGER NOT NULL CHECK (own_party IN (0, 1))
) STRICT;

-- Channel 0 is the node itself.
CREATE TABLE value (
    channel INTEGER NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (channel, key)
) STRICT;

CREATE TABLE entry (
    place INTEGER PRIMARY KEY, -- counts arrivals
    channel INTEGER NOT NULL REFERENCES channel,
    log INTEGER NOT NULL,
    number INTEGER NOT NULL,
    verdict INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX entry_number ON entry (channel, log, number);

CREATE TABLE head (
    channel INTEGER NOT NULL REFERENCES channel,
    log INTEGER NOT NULL,
    size INTEGER NOT NULL,
    note BLOB NOT NULL,
    PRIMARY KEY (channel, log, size)
) STRICT, WITHOUT ROWID;

CREATE TABLE cosignature (
    channel INTEGER NOT NULL,
    log INTEGER NOT NULL,
    size INTEGER NOT NULL,
    cosigner TEXT NOT NULL,
    line BLOB NOT NULL,
    PRIMARY KEY (channel, log, size, cosigner),
    FOREIGN KEY (channel, log, size) REFERENCES head
) STRICT, WITHOUT ROWID;

CREATE INDEX cosignature_cosigner ON cosignature (channel, log, cosigner, size);

CREATE TABLE blob (
    number INTEGER PRIMARY KEY,
    channel INTEGER NOT NULL REFERENCES channel,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    total INTEGER NOT NULL,
    size INTEGER NOT NULL CHECK (size <= total),
    owner INTEGER NOT NULL CHECK (owner IN (0, 1)),
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
    UNIQUE (channel, hash)
) STRICT;

-- The bytes of a blob, in chunks of 256 KiB of which the last is shorter.
-- `place` is the number of the blob * 2^22 + the number of the chunk.
CREATE TABLE chunk (
    place INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

CREATE TABLE opening (
    place INTEGER PRIMARY KEY, -- counts from 1
    channel INTEGER NOT NULL REFERENCES channel,
    log INTEGER NOT NULL,
    number INTEGER NOT NULL,
    time INTEGER NOT NULL,
    who TEXT NOT NULL
) STRICT;
