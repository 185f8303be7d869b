-- The parts of one SDK start and hour as one part: what compaction writes. Columns as in instance_parts.sql. From: instance_parts.
SELECT inst, hour_ms,
       min(affiliate_id) AS affiliate_id, min(site) AS site, min(sdk) AS sdk, min(device_class) AS device_class,
       min(first_received_ms) AS first_received_ms, max(last_received_ms) AS last_received_ms,
       min(first_event_ms) AS first_event_ms, max(last_event_ms) AS last_event_ms,
       CAST(sum(received) AS BIGINT) AS received, max(max_seq) AS max_seq, CAST(sum(renders) AS BIGINT) AS renders, CAST(sum(clicks) AS BIGINT) AS clicks,
       max(bot) AS bot, max(captured) AS captured,
       max(lost_queue_full) AS lost_queue_full, max(lost_expired) AS lost_expired, max(lost_too_large) AS lost_too_large,
       max(lost_refused) AS lost_refused, max(lost_consent_withdrawn) AS lost_consent_withdrawn, max(lost_storage_failed) AS lost_storage_failed,
       max(lost_unconfirmed) AS lost_unconfirmed, max(lost_other) AS lost_other, max(prev_inst) AS prev_inst, max(prev_captured) AS prev_captured
FROM instance_parts GROUP BY inst, hour_ms
