-- Schema 1. The database is the open half of a vault: age seals it whole.
-- Digests are 32 raw bytes, times RFC 3339 in UTC.

create table _journal (
    vault_id   text    not null, -- id of the first entry, in hexadecimal digits
    generation integer not null,
    identity   text    not null  -- age identity that members of the log are sealed to
) strict;

create table recipients (
    position  integer primary key,
    kind      text not null check (kind in ('key', 'passphrase')),
    recipient text not null, -- '' for a passphrase
    label     text not null
) strict;

-- Every body by its SHA-256: documents, payloads of entries, snapshots, results,
-- files from people. A row without a digest is being taken in.
create table documents (
    id     integer primary key,
    digest blob unique check (length(digest) = 32),
    size   integer not null -- bytes of the body
) strict;

create table chunks (
    document integer not null references documents (id),
    place    integer not null, -- from 0
    encoding text    not null check (encoding in ('raw', 'zstd')),
    size     integer not null check (size between 1 and 262144), -- bytes it unpacks to
    data     blob    not null,
    unique (document, place)
) strict;

create table entries (
    sequence   integer primary key,
    id         blob not null unique check (length(id) = 32),
    vault      blob not null check (length(vault) = 32), -- zeros in the first entry
    assessment text not null,
    parents    blob not null, -- 32 bytes each, sorted
    author     blob not null check (length(author) = 32),
    action     text not null,
    subject    text not null,
    digest     blob not null references documents (digest),
    time       text not null,
    signature  blob not null
) strict;

create table snapshots (
    sequence integer primary key,
    digest   blob not null unique references documents (digest)
) strict;

-- A run is its head and its results: the same result of two runs is kept once.
create table runs (
    sequence integer primary key,
    digest   blob not null unique check (length(digest) = 32),
    head     blob not null references documents (digest) -- the run with no results
) strict;

create table results (
    run    integer not null references runs (sequence),
    place  integer not null, -- from 0
    digest blob    not null references documents (digest),
    unique (run, place)
) strict;

-- For readers without this program: every entry with its payload.
create view journal as
select lower(hex(e.id)) as id, e.time, e.action, e.assessment, e.subject, lower(hex(e.author)) as author,
    (select cast(c.data as text) from documents d join chunks c on c.document = d.id
     where d.digest = e.digest and c.encoding = 'raw' and c.place = 0) as payload
from entries e
order by e.time, e.sequence;
