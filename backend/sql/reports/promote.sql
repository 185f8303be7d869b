-- Each content's impressions and clicks in each placement, over the last 7 days that have any.
SELECT placement_id, content_id, sum(impressions) AS impressions, sum(clicks) AS clicks
FROM mart_content_hour
WHERE ivt = 'ok' AND event_hour > (SELECT max(event_hour) FROM mart_content_hour WHERE ivt = 'ok') - INTERVAL '7' DAY
GROUP BY placement_id, content_id ORDER BY 1, 3 DESC, 2
