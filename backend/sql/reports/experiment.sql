-- Variants by affiliate and placement. Sum over either for a wider comparison.
SELECT affiliate_id, placement_id, variant, sum(impressions) AS impressions, sum(measurable) AS measurable, sum(viewables) AS viewables,
       sum(clicks) AS clicks, sum(CASE WHEN exploration = 1 THEN impressions ELSE 0 END) AS explored
FROM mart_content_hour WHERE ivt = 'ok' AND variant IS NOT NULL
GROUP BY affiliate_id, placement_id, variant ORDER BY affiliate_id, placement_id, variant
