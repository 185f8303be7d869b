-- What an hour gained (or lost to erasure or a changed ivt verdict) after it was final: now minus then, so that final + late = now.
-- From: mart_now (content_hour.sql today), mart_frozen (the mart rows of the hour when it became final).
SELECT event_hour, event_date, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt,
       CAST(sum(impressions) AS BIGINT) AS impressions, CAST(sum(measurable) AS BIGINT) AS measurable, CAST(sum(viewables) AS BIGINT) AS viewables,
       CAST(sum(clicks) AS BIGINT) AS clicks, CAST(sum(visible_ms) AS BIGINT) AS visible_ms, CAST(sum(engaged_ms) AS BIGINT) AS engaged_ms,
       sum(engaged_ms_sq) AS engaged_ms_sq, CAST(sum(conversions) AS BIGINT) AS conversions, CAST(sum(conversion_value) AS BIGINT) AS conversion_value
FROM (SELECT event_hour, event_date, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt,
             impressions, measurable, viewables, clicks, visible_ms, engaged_ms, engaged_ms_sq, conversions, conversion_value FROM mart_now
      UNION ALL
      SELECT event_hour, event_date, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt,
             -impressions, -measurable, -viewables, -clicks, -visible_ms, -engaged_ms, -engaged_ms_sq, -conversions, -conversion_value FROM mart_frozen) d
GROUP BY event_hour, event_date, affiliate_id, placement_id, content_id, position, experiment, variant, model, exploration, ivt
HAVING sum(impressions) <> 0 OR sum(measurable) <> 0 OR sum(viewables) <> 0 OR sum(clicks) <> 0 OR sum(visible_ms) <> 0
    OR sum(engaged_ms) <> 0 OR sum(conversions) <> 0 OR sum(conversion_value) <> 0
