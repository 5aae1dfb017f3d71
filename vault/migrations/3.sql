-- Schema 3. What a collection that was interrupted had seen to its end, so that the
-- next one goes on from there. A run that is recorded takes its parts away.

create table pending (
    source text not null, -- what was asked, of whom and as whom
    part   text not null,
    seen   text not null, -- when it had been seen to its end
    body   blob not null, -- canonical JSON; the documents that it names are bodies
    unique (source, part)
) strict;
