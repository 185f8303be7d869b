-- Loss by SDK start. captured: what the instance counted itself; tail_captured: what its successor says it had counted last.
-- expected is the largest count anybody named; lost = expected - received. Where no successor came, the tail is unknown.
-- An instance that only its successor names was lost whole: it has a row with received = 0.
-- From: instance_parts, instance_totals.
SELECT i.inst, i.affiliate_id, i.site, i.sdk, i.device_class, i.first_received_ms, i.last_received_ms, i.first_event_ms, i.last_event_ms,
       i.received, i.max_seq, i.captured, i.tail_captured,
       i.expected, i.expected - i.received AS lost,
       CASE WHEN i.tail_captured IS NULL THEN FALSE ELSE TRUE END AS tail_known,
       i.lost_queue_full AS queue_full, i.lost_expired AS expired, i.lost_too_large AS too_large, i.lost_refused AS refused,
       i.lost_consent_withdrawn AS consent_withdrawn, i.lost_storage_failed AS storage_failed, i.lost_unconfirmed AS unconfirmed, i.lost_other AS other,
       i.prev_inst, i.prev_captured, i.renders, i.clicks, i.ivt
FROM (SELECT t.*, s.tail_captured,
             CASE WHEN COALESCE(s.tail_captured, 0) >= COALESCE(t.captured, 0) AND COALESCE(s.tail_captured, 0) >= COALESCE(t.max_seq, 0) THEN COALESCE(s.tail_captured, 0)
                  WHEN COALESCE(t.captured, 0) >= COALESCE(t.max_seq, 0) THEN COALESCE(t.captured, 0)
                  ELSE t.max_seq END AS expected
      FROM (SELECT prev_inst, max(prev_captured) AS tail_captured FROM instance_parts WHERE prev_inst IS NOT NULL GROUP BY prev_inst) s
      RIGHT JOIN instance_totals t ON t.inst = s.prev_inst) i
UNION ALL
SELECT g.prev_inst AS inst, g.affiliate_id, g.site, g.sdk, g.device_class, CAST(NULL AS BIGINT) AS first_received_ms, CAST(NULL AS BIGINT) AS last_received_ms,
       CAST(NULL AS BIGINT) AS first_event_ms, CAST(NULL AS BIGINT) AS last_event_ms,
       CAST(0 AS BIGINT) AS received, CAST(NULL AS BIGINT) AS max_seq, CAST(NULL AS BIGINT) AS captured, g.tail_captured,
       g.tail_captured AS expected, g.tail_captured AS lost, TRUE AS tail_known,
       CAST(NULL AS BIGINT) AS queue_full, CAST(NULL AS BIGINT) AS expired, CAST(NULL AS BIGINT) AS too_large, CAST(NULL AS BIGINT) AS refused,
       CAST(NULL AS BIGINT) AS consent_withdrawn, CAST(NULL AS BIGINT) AS storage_failed, CAST(NULL AS BIGINT) AS unconfirmed, CAST(NULL AS BIGINT) AS other,
       CAST(NULL AS VARCHAR(16)) AS prev_inst, CAST(NULL AS BIGINT) AS prev_captured, CAST(0 AS BIGINT) AS renders, CAST(0 AS BIGINT) AS clicks, 'ok' AS ivt
FROM (SELECT prev_inst, min(affiliate_id) AS affiliate_id, min(site) AS site, min(sdk) AS sdk, min(device_class) AS device_class, max(prev_captured) AS tail_captured
      FROM instance_parts WHERE prev_inst IS NOT NULL GROUP BY prev_inst) g
LEFT JOIN instance_totals t ON g.prev_inst = t.inst
WHERE t.inst IS NULL
