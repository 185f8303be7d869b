-- Impressions by hour (UTC), machines apart.
SELECT event_hour, sum(CASE WHEN ivt = 'ok' THEN impressions ELSE 0 END) AS impressions,
       sum(CASE WHEN ivt <> 'ok' THEN impressions ELSE 0 END) AS invalid
FROM mart_content_hour GROUP BY event_hour ORDER BY event_hour
