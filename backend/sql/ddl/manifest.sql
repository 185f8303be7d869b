-- Which commits of the lake a warehouse has taken over. A load locks this table first, stops where the commit is in it,
-- copies and replaces the touched rows, and adds the row, all in one transaction.
CREATE TABLE eyeline_manifest (
    version BIGINT NOT NULL PRIMARY KEY,
    run VARCHAR(64) NOT NULL,
    loaded_at TIMESTAMP NOT NULL
);
-- Redshift: DISTSTYLE ALL SORTKEY (version)
