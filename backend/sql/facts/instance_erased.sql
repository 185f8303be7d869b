-- What stays of an SDK start after its visitor was erased: the counters that prove what was lost, dated by the day. Site, device, times,
-- renders and clicks go; received stays, or the erased events would look lost. Columns as in instance_parts.sql. From: instance_parts.
SELECT inst, CAST(0 AS BIGINT) AS hour_ms, min(affiliate_id) AS affiliate_id, CAST(NULL AS VARCHAR(255)) AS site, min(sdk) AS sdk, CAST(NULL AS VARCHAR(16)) AS device_class,
       min(first_received_ms - first_received_ms % 86400000) AS first_received_ms,
       max(last_received_ms - last_received_ms % 86400000 + 86399999) AS last_received_ms,
       CAST(NULL AS BIGINT) AS first_event_ms, CAST(NULL AS BIGINT) AS last_event_ms,
       CAST(sum(received) AS BIGINT) AS received, max(max_seq) AS max_seq, CAST(0 AS BIGINT) AS renders, CAST(0 AS BIGINT) AS clicks, max(bot) AS bot,
       max(captured) AS captured, max(lost_queue_full) AS lost_queue_full, max(lost_expired) AS lost_expired, max(lost_too_large) AS lost_too_large,
       max(lost_refused) AS lost_refused, max(lost_consent_withdrawn) AS lost_consent_withdrawn, max(lost_storage_failed) AS lost_storage_failed,
       max(lost_unconfirmed) AS lost_unconfirmed, max(lost_other) AS lost_other, max(prev_inst) AS prev_inst, max(prev_captured) AS prev_captured
FROM instance_parts GROUP BY inst
