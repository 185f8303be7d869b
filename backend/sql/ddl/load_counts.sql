-- What became of the events that each load brought: read = written + duplicate + all that is rejected, by reason (rejected:<why>).
-- version is the load's, as in eyeline_manifest. A load that takes everything over anew replaces the rows with their sum.
CREATE TABLE load_counts (
    version BIGINT NOT NULL,
    outcome VARCHAR(512) NOT NULL,
    events BIGINT NOT NULL
);
-- Redshift: DISTSTYLE ALL SORTKEY (version)
