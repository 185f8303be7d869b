-- What some events say about each impression (inst, imp). Every column is a min, max or sum, so that parts can be put together again
-- in any order: see fct_impression.sql. Content, placement and position stand on every event of an impression; the rest on the render.
-- From: events (each event once).
SELECT inst, imp,
       min(visitor_key) AS visitor_key, min(affiliate_id) AS affiliate_id, min(site) AS site, min(page) AS page,
       min(placement_id) AS placement_id, min(content_id) AS content_id, min(position) AS position,
       min(request_id) AS request_id, min(model) AS model, min(model_version) AS model_version, min(propensity) AS propensity,
       max(CASE WHEN exploration THEN 1 WHEN exploration IS NOT NULL THEN 0 END) AS exploration,
       min(experiment) AS experiment, min(variant) AS variant, min(experiments) AS experiments, min(session_id) AS session_id,
       min(device_class) AS device_class, min(os) AS os, min(language) AS language, min(country) AS country,
       min(consent_mode) AS consent_mode, min(sampling_rate) AS sampling_rate,
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
FROM events WHERE imp IS NOT NULL
GROUP BY inst, imp
