-- One row an impression (inst, imp), whole: all its parts put together. event_date and event_hour are those of the render (UTC),
-- or of the first event where no render arrived. ivt is its instance's verdict; context_seq is the event that the context was taken from.
-- The smaller side of the join stands first: DataFusion holds it in memory. From: impression_parts, instance_totals.
SELECT p.inst, p.imp, CAST(COALESCE(p.rendered_ts, p.first_ts) AS DATE) AS event_date, date_trunc('hour', COALESCE(p.rendered_ts, p.first_ts)) AS event_hour,
       p.visitor_key, p.affiliate_id, p.site, p.page, p.placement_id, p.content_id, p.position,
       p.request_id, p.model, p.model_version, p.propensity, p.exploration, p.experiment, p.variant, p.experiments, p.session_id,
       p.device_class, p.os, p.language, p.country, p.consent_mode, p.sampling_rate,
       p.first_ts, p.rendered_ts, p.first_ms, p.rendered_ms, p.first_received_ms, p.last_received_ms,
       p.measurable, p.viewable, p.viewable_ms, p.rule, p.clicked, p.clicks, p.clicked_ms, p.latency_ms,
       p.visible_ms, p.engaged_ms, p.max_visible, p.times_in_view, p.media_started, p.media_completed, p.media_watched_ms,
       p.conversions, p.conversion_value, p.events, p.context_seq, COALESCE(i.ivt, 'ok') AS ivt, p.content_variant
FROM instance_totals i
RIGHT JOIN (SELECT inst, imp,
             max(CASE WHEN place = 1 THEN visitor_key END) AS visitor_key, min(affiliate_id) AS affiliate_id, max(CASE WHEN place = 1 THEN site END) AS site, max(CASE WHEN place = 1 THEN page END) AS page,
             min(placement_id) AS placement_id, min(content_id) AS content_id, min(position) AS position,
             max(CASE WHEN place = 1 THEN request_id END) AS request_id, max(CASE WHEN place = 1 THEN model END) AS model, max(CASE WHEN place = 1 THEN model_version END) AS model_version, max(CASE WHEN place = 1 THEN propensity END) AS propensity, max(CASE WHEN place = 1 THEN exploration END) AS exploration,
             max(CASE WHEN place = 1 THEN experiment END) AS experiment, max(CASE WHEN place = 1 THEN variant END) AS variant, max(CASE WHEN place = 1 THEN experiments END) AS experiments, max(CASE WHEN place = 1 THEN session_id END) AS session_id,
             max(CASE WHEN place = 1 THEN device_class END) AS device_class, max(CASE WHEN place = 1 THEN os END) AS os, max(CASE WHEN place = 1 THEN language END) AS language, max(CASE WHEN place = 1 THEN country END) AS country,
             max(CASE WHEN place = 1 THEN consent_mode END) AS consent_mode, max(CASE WHEN place = 1 THEN sampling_rate END) AS sampling_rate,
             max(CASE WHEN place = 1 THEN content_variant END) AS content_variant, max(CASE WHEN place = 1 THEN context_seq END) AS context_seq,
             min(first_ts) AS first_ts, min(rendered_ts) AS rendered_ts, min(first_ms) AS first_ms, min(rendered_ms) AS rendered_ms,
             min(first_received_ms) AS first_received_ms, max(last_received_ms) AS last_received_ms,
             max(measurable) AS measurable, max(viewable) AS viewable, min(viewable_ms) AS viewable_ms, min(rule) AS rule,
             max(clicked) AS clicked, CAST(sum(clicks) AS BIGINT) AS clicks, min(clicked_ms) AS clicked_ms, min(latency_ms) AS latency_ms,
             max(visible_ms) AS visible_ms, max(engaged_ms) AS engaged_ms, max(max_visible) AS max_visible, max(times_in_view) AS times_in_view,
             max(media_started) AS media_started, max(media_completed) AS media_completed, max(media_watched_ms) AS media_watched_ms,
             CAST(sum(conversions) AS BIGINT) AS conversions, CAST(sum(conversion_value) AS BIGINT) AS conversion_value, CAST(sum(events) AS BIGINT) AS events
      FROM (SELECT q.*, row_number() OVER (PARTITION BY inst, imp ORDER BY CASE WHEN rendered_ms IS NOT NULL THEN 0 ELSE 1 END, context_seq) AS place
            FROM impression_parts q) n
      GROUP BY inst, imp) p
  ON p.inst = i.inst
