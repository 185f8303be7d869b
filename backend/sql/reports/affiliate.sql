-- Affiliates: volume with machines, rates without them.
SELECT affiliate_id, sum(impressions) AS impressions, sum(CASE WHEN ivt <> 'ok' THEN impressions ELSE 0 END) AS invalid,
       sum(CASE WHEN ivt = 'ok' THEN measurable ELSE 0 END) AS measurable, sum(CASE WHEN ivt = 'ok' THEN viewables ELSE 0 END) AS viewables,
       sum(CASE WHEN ivt = 'ok' THEN clicks ELSE 0 END) AS clicks
FROM mart_content_hour GROUP BY affiliate_id ORDER BY 2 DESC, 1
