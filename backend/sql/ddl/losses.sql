-- Losses that a later instance reported for an earlier one.
CREATE TABLE losses (
    inst VARCHAR(512) NOT NULL,
    seq_from BIGINT NOT NULL,
    seq_to BIGINT NOT NULL,
    reason VARCHAR(512) NOT NULL,
    reported_by VARCHAR(512) NOT NULL,
    affiliate_id VARCHAR(512) NOT NULL,
    received_ms BIGINT NOT NULL
);
-- Redshift: DISTSTYLE EVEN COMPOUND SORTKEY (received_ms)
