-- What some events and batch reports say about each SDK start (inst), by hour: hour_ms is the start (UTC) of the hour the events happened
-- in, for a report of the hour it was received in. The rows of one inst add up: see instance_totals.sql.
-- From: events (each event once), instance_reports (one row a batch; its counters are cumulative, so max() reads them).
SELECT inst, hour_ms, min(affiliate_id) AS affiliate_id, min(site) AS site, min(sdk) AS sdk, min(device_class) AS device_class,
       min(received_ms) AS first_received_ms, max(received_ms) AS last_received_ms, min(event_ms) AS first_event_ms, max(event_ms) AS last_event_ms,
       CAST(count(seq) AS BIGINT) AS received, max(seq) AS max_seq,
       CAST(sum(CASE WHEN kind = 'render' THEN 1 ELSE 0 END) AS BIGINT) AS renders, CAST(sum(CASE WHEN kind = 'click' THEN 1 ELSE 0 END) AS BIGINT) AS clicks,
       max(CASE WHEN bot THEN 1 ELSE 0 END) AS bot,
       max(captured) AS captured, max(lost_queue_full) AS lost_queue_full, max(lost_expired) AS lost_expired, max(lost_too_large) AS lost_too_large,
       max(lost_refused) AS lost_refused, max(lost_consent_withdrawn) AS lost_consent_withdrawn, max(lost_storage_failed) AS lost_storage_failed,
       max(lost_unconfirmed) AS lost_unconfirmed, max(lost_other) AS lost_other, max(prev_inst) AS prev_inst, max(prev_captured) AS prev_captured
FROM (SELECT inst, event_ms - event_ms % 3600000 AS hour_ms, affiliate_id, site, sdk, device_class, received_ms, event_ms, seq, kind, bot,
             CAST(NULL AS BIGINT) AS captured, CAST(NULL AS BIGINT) AS lost_queue_full, CAST(NULL AS BIGINT) AS lost_expired,
             CAST(NULL AS BIGINT) AS lost_too_large, CAST(NULL AS BIGINT) AS lost_refused, CAST(NULL AS BIGINT) AS lost_consent_withdrawn,
             CAST(NULL AS BIGINT) AS lost_storage_failed, CAST(NULL AS BIGINT) AS lost_unconfirmed, CAST(NULL AS BIGINT) AS lost_other,
             CAST(NULL AS VARCHAR(16)) AS prev_inst, CAST(NULL AS BIGINT) AS prev_captured
      FROM events
      UNION ALL
      SELECT inst, received_ms - received_ms % 3600000, affiliate_id, CAST(NULL AS VARCHAR(255)), sdk, CAST(NULL AS VARCHAR(16)), received_ms, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
             CAST(NULL AS VARCHAR(16)), CAST(NULL AS BOOLEAN),
             captured, lost_queue_full, lost_expired, lost_too_large, lost_refused, lost_consent_withdrawn, lost_storage_failed, lost_unconfirmed, lost_other,
             prev_inst, prev_captured
      FROM instance_reports) r
GROUP BY inst, hour_ms
