-- Clicks over expected clicks: what a content's positions would have brought with random content, from the exploration bucket.
-- Positions that were never explored give no expectation, so their impressions and clicks stay out on both sides.
WITH explored AS (
  SELECT placement_id, position, CAST(sum(clicks) AS DOUBLE) / CAST(sum(impressions) AS DOUBLE) AS click_rate
  FROM mart_content_hour WHERE ivt = 'ok' AND exploration = 1 GROUP BY placement_id, position)
SELECT m.placement_id, m.content_id, sum(m.impressions) AS impressions, sum(m.clicks) AS clicks,
       sum(CAST(m.impressions AS DOUBLE) * e.click_rate) AS expected_clicks
FROM mart_content_hour m JOIN explored e ON m.placement_id = e.placement_id AND m.position = e.position
WHERE m.ivt = 'ok'
GROUP BY m.placement_id, m.content_id ORDER BY 3 DESC, 1, 2
