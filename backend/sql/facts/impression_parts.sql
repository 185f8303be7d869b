-- What some events say about each impression (inst, imp), so that parts can be put together again in any order: see fct_impression.sql.
-- Content, placement and position stand on every event of an impression. What belongs to the batch or to the render (page, session,
-- experiment, model, ...) is that of one event, context_seq: the first render, or the first event where there is none. Every other
-- column is a min, max or sum. From: events (each event once).
SELECT inst, imp,
       max(CASE WHEN place = 1 THEN visitor_key END) AS visitor_key, min(affiliate_id) AS affiliate_id,
       max(CASE WHEN place = 1 THEN site END) AS site, max(CASE WHEN place = 1 THEN page END) AS page,
       min(placement_id) AS placement_id, min(content_id) AS content_id, min(position) AS position,
       max(CASE WHEN place = 1 THEN request_id END) AS request_id, max(CASE WHEN place = 1 THEN model END) AS model,
       max(CASE WHEN place = 1 THEN model_version END) AS model_version, max(CASE WHEN place = 1 THEN propensity END) AS propensity,
       max(CASE WHEN place = 1 AND exploration THEN 1 WHEN place = 1 AND exploration IS NOT NULL THEN 0 END) AS exploration,
       max(CASE WHEN place = 1 THEN experiment END) AS experiment, max(CASE WHEN place = 1 THEN variant END) AS variant,
       max(CASE WHEN place = 1 THEN experiments END) AS experiments, max(CASE WHEN place = 1 THEN session_id END) AS session_id,
       max(CASE WHEN place = 1 THEN device_class END) AS device_class, max(CASE WHEN place = 1 THEN os END) AS os,
       max(CASE WHEN place = 1 THEN language END) AS language, max(CASE WHEN place = 1 THEN country END) AS country,
       max(CASE WHEN place = 1 THEN consent_mode END) AS consent_mode, max(CASE WHEN place = 1 THEN sampling_rate END) AS sampling_rate,
       max(CASE WHEN place = 1 THEN content_variant END) AS content_variant, max(CASE WHEN place = 1 THEN seq END) AS context_seq,
       min(event_ts) AS first_ts, min(CASE WHEN kind = 'render' THEN event_ts END) AS rendered_ts,
       min(event_ms) AS first_ms, min(CASE WHEN kind = 'render' THEN event_ms END) AS rendered_ms,
       min(received_ms) AS first_received_ms, max(received_ms) AS last_received_ms,
       max(CASE WHEN kind = 'render' AND measurable THEN 1 ELSE 0 END) AS measurable,
       max(CASE WHEN kind = 'viewable' THEN 1 ELSE 0 END) AS viewable,
       min(CASE WHEN kind = 'viewable' THEN event_ms END) AS viewable_ms, min(CASE WHEN kind = 'viewable' THEN rule END) AS rule,
       max(CASE WHEN kind = 'click' THEN 1 ELSE 0 END) AS clicked, CAST(sum(CASE WHEN kind = 'click' THEN 1 ELSE 0 END) AS BIGINT) AS clicks,
       min(CASE WHEN kind = 'click' THEN event_ms END) AS clicked_ms, min(CASE WHEN kind = 'click' THEN latency_ms END) AS latency_ms,
       max(visible_ms) AS visible_ms, max(engaged_ms) AS engaged_ms, max(max_visible) AS max_visible, max(times_in_view) AS times_in_view,
       max(CASE WHEN kind = 'media' AND media_state = 'start' THEN 1 ELSE 0 END) AS media_started,
       max(CASE WHEN kind = 'media' AND media_state = 'complete' THEN 1 ELSE 0 END) AS media_completed,
       max(media_watched_ms) AS media_watched_ms,
       CAST(sum(CASE WHEN kind = 'convert' THEN 1 ELSE 0 END) AS BIGINT) AS conversions,
       CAST(sum(CASE WHEN kind = 'convert' THEN COALESCE(value, 0) ELSE 0 END) AS BIGINT) AS conversion_value,
       CAST(count(*) AS BIGINT) AS events
FROM (SELECT e.*, row_number() OVER (PARTITION BY inst, imp ORDER BY CASE WHEN kind = 'render' THEN 0 ELSE 1 END, seq) AS place
      FROM events e WHERE imp IS NOT NULL) n
GROUP BY inst, imp
