-- Additive counts by hour and content; replaced by event_hour and late_after_final.
CREATE TABLE mart_content_hour (
    event_hour TIMESTAMP,
    event_date DATE,
    affiliate_id VARCHAR(512),
    placement_id VARCHAR(512),
    content_id VARCHAR(512),
    position INTEGER,
    experiment VARCHAR(512),
    variant VARCHAR(512),
    model VARCHAR(512),
    exploration BIGINT,
    ivt VARCHAR(512),
    impressions BIGINT,
    measurable BIGINT,
    viewables BIGINT,
    clicks BIGINT,
    visible_ms BIGINT,
    engaged_ms BIGINT,
    engaged_ms_sq DOUBLE PRECISION,
    conversions BIGINT,
    conversion_value BIGINT,
    is_final BOOLEAN,
    late_after_final BOOLEAN
);
-- Redshift: DISTSTYLE EVEN COMPOUND SORTKEY (event_date, affiliate_id, content_id)
