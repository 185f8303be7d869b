-- Content: sums behind viewable rate, click rate and engaged time. A viewable impression counts only where it was measurable.
SELECT content_id, count(*) AS impressions, sum(measurable) AS measurable, sum(CASE WHEN measurable = 1 THEN viewable ELSE 0 END) AS viewables,
       sum(clicked) AS clicks,
       sum(CASE WHEN viewable = 1 THEN CAST(COALESCE(engaged_ms, 0) AS DOUBLE) / 1000 ELSE 0 END) AS engaged_s,
       sum(CASE WHEN viewable = 1 THEN CAST(COALESCE(engaged_ms, 0) AS DOUBLE) * CAST(COALESCE(engaged_ms, 0) AS DOUBLE) / 1000000 ELSE 0 END) AS engaged_s_sq
FROM fct_impression WHERE ivt = 'ok' AND rendered_ms IS NOT NULL
GROUP BY content_id ORDER BY 2 DESC, 1
