-- Which commits of the lake a warehouse has taken over: all up to the largest. A load locks this table first, stops where another has
-- been here since it looked, copies and replaces the touched rows, and adds its row, all in one transaction.
CREATE TABLE eyeline_manifest (
    version BIGINT NOT NULL,
    run VARCHAR(64) NOT NULL,
    loaded_at TIMESTAMP NOT NULL
);
-- Redshift: DISTSTYLE ALL SORTKEY (version)
