-- Each content's part of all impressions in the last 24 hours, and in the 6 days before them.
WITH latest AS (SELECT max(event_hour) AS event_hour FROM mart_content_hour WHERE ivt = 'ok')
SELECT content_id,
       sum(CASE WHEN event_hour > (SELECT event_hour FROM latest) - INTERVAL '24' HOUR THEN impressions ELSE 0 END) AS impressions_now,
       sum(CASE WHEN event_hour > (SELECT event_hour FROM latest) - INTERVAL '24' HOUR THEN viewables ELSE 0 END) AS viewables_now,
       sum(CASE WHEN event_hour > (SELECT event_hour FROM latest) - INTERVAL '24' HOUR THEN clicks ELSE 0 END) AS clicks_now,
       sum(CASE WHEN event_hour > (SELECT event_hour FROM latest) - INTERVAL '24' HOUR THEN 0 ELSE impressions END) AS impressions_before,
       sum(CASE WHEN event_hour > (SELECT event_hour FROM latest) - INTERVAL '24' HOUR THEN 0 ELSE viewables END) AS viewables_before,
       sum(CASE WHEN event_hour > (SELECT event_hour FROM latest) - INTERVAL '24' HOUR THEN 0 ELSE clicks END) AS clicks_before
FROM mart_content_hour
WHERE ivt = 'ok' AND event_hour > (SELECT event_hour FROM latest) - INTERVAL '7' DAY
GROUP BY content_id ORDER BY content_id
