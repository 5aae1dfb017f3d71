-- Schema 2. An entry holds its payload itself: one save writes two pages instead of
-- six. What schema 1 kept of payloads among the documents stays there.

drop view journal;
alter table entries rename to entries_of_schema_1;

create table entries (
    sequence   integer primary key,
    id         blob not null unique check (length(id) = 32),
    vault      blob not null check (length(vault) = 32), -- zeros in the first entry
    assessment text not null,
    parents    blob not null, -- 32 bytes each, sorted
    author     blob not null check (length(author) = 32),
    action     text not null,
    subject    text not null,
    digest     blob not null check (length(digest) = 32), -- of the payload
    time       text not null,
    signature  blob not null,
    payload    blob not null -- canonical JSON
) strict;

insert into entries
select sequence, e.id, vault, assessment, parents, author, action, subject, e.digest, time, signature,
    cast(coalesce((select group_concat(cast(c.data as text), '' order by c.place) from documents d join chunks c on c.document = d.id
        where d.digest = e.digest), '') as blob)
from entries_of_schema_1 e
order by sequence;

drop table entries_of_schema_1;

-- For readers without this program: every entry with its payload.
create view journal as
select lower(hex(id)) as id, time, action, assessment, subject, lower(hex(author)) as author, cast(payload as text) as payload
from entries
order by time, sequence;
