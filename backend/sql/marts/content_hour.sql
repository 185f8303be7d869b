-- Additive counts by hour (of the render, UTC) and content. Sum over any of its dimensions; no row counts visitors, because those don't add up.
-- A viewable impression counts where it was measurable. Machines' impressions stay in, under their ivt. From: fct_impression.
SELECT event_hour, event_date, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt,
       CAST(count(*) AS BIGINT) AS impressions, CAST(sum(measurable) AS BIGINT) AS measurable, CAST(sum(CASE WHEN measurable = 1 THEN viewable ELSE 0 END) AS BIGINT) AS viewables,
       CAST(sum(clicked) AS BIGINT) AS clicks,
       CAST(sum(COALESCE(visible_ms, 0)) AS BIGINT) AS visible_ms, CAST(sum(COALESCE(engaged_ms, 0)) AS BIGINT) AS engaged_ms,
       sum(CAST(COALESCE(engaged_ms, 0) AS DOUBLE) * CAST(COALESCE(engaged_ms, 0) AS DOUBLE)) AS engaged_ms_sq,
       CAST(sum(conversions) AS BIGINT) AS conversions, CAST(sum(conversion_value) AS BIGINT) AS conversion_value
FROM fct_impression WHERE rendered_ms IS NOT NULL
GROUP BY event_hour, event_date, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt
