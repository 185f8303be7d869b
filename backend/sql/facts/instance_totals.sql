-- One row an SDK start: the sum of its parts, and whether its traffic looks like a machine's (ivt).
-- ivt: 'bot' by user agent; 'click_rate' at 20 clicks or more on at most twice as many renders; 'volume' above 1,000 renders in any
-- one hour (UTC), however long the instance lived.
-- From: instance_parts.
SELECT t.*,
       CASE WHEN bot = 1 THEN 'bot'
            WHEN clicks >= 20 AND 2 * clicks >= renders THEN 'click_rate'
            WHEN most_renders_an_hour > 1000 THEN 'volume'
            ELSE 'ok' END AS ivt
FROM (SELECT inst,
             min(affiliate_id) AS affiliate_id, min(site) AS site, min(sdk) AS sdk, min(device_class) AS device_class,
             min(first_received_ms) AS first_received_ms, max(last_received_ms) AS last_received_ms,
             min(first_event_ms) AS first_event_ms, max(last_event_ms) AS last_event_ms,
             CAST(sum(received) AS BIGINT) AS received, max(max_seq) AS max_seq, CAST(sum(renders) AS BIGINT) AS renders, max(hour_renders) AS most_renders_an_hour, CAST(sum(clicks) AS BIGINT) AS clicks,
             max(bot) AS bot, max(captured) AS captured,
             max(lost_queue_full) AS lost_queue_full, max(lost_expired) AS lost_expired, max(lost_too_large) AS lost_too_large,
             max(lost_refused) AS lost_refused, max(lost_consent_withdrawn) AS lost_consent_withdrawn, max(lost_storage_failed) AS lost_storage_failed,
             max(lost_unconfirmed) AS lost_unconfirmed, max(lost_other) AS lost_other, max(prev_inst) AS prev_inst, max(prev_captured) AS prev_captured
      FROM (SELECT p.*, CAST(sum(renders) OVER (PARTITION BY inst, hour_ms) AS BIGINT) AS hour_renders FROM instance_parts p) h
      GROUP BY inst) t
