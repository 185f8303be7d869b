-- Placement and position, with the exploration bucket apart: there content was placed at random, so position stands alone.
SELECT placement_id, position, sum(impressions) AS impressions, sum(measurable) AS measurable, sum(viewables) AS viewables, sum(clicks) AS clicks,
       sum(CASE WHEN exploration = 1 THEN impressions ELSE 0 END) AS explored, sum(CASE WHEN exploration = 1 THEN clicks ELSE 0 END) AS explored_clicks
FROM mart_content_hour WHERE ivt = 'ok'
GROUP BY placement_id, position ORDER BY placement_id, position
