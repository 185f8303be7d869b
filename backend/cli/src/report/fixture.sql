-- The lake's tables from the real log, as far as reports read them. Each run of 250 rows of one log is one visitor.
CREATE TABLE numbered AS
SELECT l.*, CAST(row_number() OVER (PARTITION BY policy, campaign ORDER BY event_ms, item, place) - 1 AS BIGINT) AS n FROM log l;
CREATE TABLE fct_impression AS
SELECT policy || '-' || campaign || '-' || CAST(n / 250 AS VARCHAR) AS inst, n % 250 AS imp,
       CAST(to_timestamp_millis(event_ms) AS DATE) AS event_date, date_trunc('hour', to_timestamp_millis(event_ms)) AS event_hour,
       (n / 250) * 6 + (CASE policy WHEN 'bts' THEN 3 ELSE 0 END) + (CASE campaign WHEN 'all' THEN 0 WHEN 'men' THEN 1 ELSE 2 END) AS visitor_key,
       'zozo-' || campaign AS affiliate_id, 'recs-' || campaign AS placement_id, 'item-' || campaign || '-' || CAST(item AS VARCHAR) AS content_id,
       place AS position, policy AS variant, policy || '@1' AS model, propensity, CASE policy WHEN 'random' THEN 1 ELSE 0 END AS exploration,
       event_ms AS rendered_ms, CASE WHEN n % 50 = 0 THEN 0 ELSE 1 END AS measurable,
       CASE WHEN click = 1 OR (n % 50 <> 0 AND (n * 7919 + item * 31) % 100 < 70) THEN 1 ELSE 0 END AS viewable, click AS clicked,
       (n * 104729) % 20000 AS visible_ms, (n * 104729) % 9000 AS engaged_ms, 'full' AS consent_mode, 'ok' AS ivt
FROM numbered;
CREATE TABLE mart_content_hour AS
SELECT event_hour, event_date, affiliate_id, placement_id, content_id, position, variant, model, exploration, ivt,
       count(*) AS impressions, sum(measurable) AS measurable, sum(viewable) AS viewables, sum(clicked) AS clicks
FROM fct_impression GROUP BY event_hour, event_date, affiliate_id, placement_id, content_id, position, variant, model, exploration, ivt;
CREATE TABLE events AS
SELECT inst, imp AS seq, rendered_ms AS event_ms, rendered_ms + 4000 + (imp % 100) * (imp % 100) * 100 AS received_ms, event_date, 'mono' AS time_basis,
       (imp % 7) * 400 AS skew_ms, FALSE AS skew_flag, '{"overlay":"synthetic"}' AS dimensions
FROM fct_impression;
CREATE TABLE instances AS
SELECT inst, affiliate_id, count(*) AS received, count(*) + CASE WHEN inst LIKE '%-7' THEN 5 ELSE 0 END AS expected,
       CASE WHEN inst LIKE '%-7' THEN 5 ELSE 0 END AS lost, NOT inst LIKE '%-39' AS tail_known,
       CASE WHEN inst LIKE '%-7' THEN 3 ELSE 0 END AS queue_full, 0 AS expired, 0 AS too_large, 0 AS refused,
       0 AS consent_withdrawn, 0 AS storage_failed, 0 AS unconfirmed
FROM fct_impression GROUP BY inst, affiliate_id;
CREATE TABLE rejects AS
SELECT CASE WHEN imp % 3 = 0 THEN 'too_large' ELSE 'bad_type' END AS why FROM fct_impression WHERE imp = 1 OR imp = 3;
CREATE TABLE loads AS
SELECT 1 AS version, 'load' AS kind, 1575158400000 AS at_ms, 24 AS raw_files, 4000000 AS raw_bytes, 1200 AS lines,
       61680 AS read, 60000 AS written, 1200 AS duplicate, 480 AS rejected
