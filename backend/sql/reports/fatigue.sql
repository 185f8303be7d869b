-- Impressions by how often the same visitor had been shown the same content before; 6 stands for 6 and more.
SELECT nth, count(*) AS impressions, sum(clicked) AS clicks, sum(measurable) AS measurable,
       sum(CASE WHEN measurable = 1 THEN viewable ELSE 0 END) AS viewables
FROM (SELECT e.*, CAST(CASE WHEN exposure >= 6 THEN 6 ELSE exposure END AS BIGINT) AS nth
      FROM (SELECT clicked, measurable, viewable, row_number() OVER (PARTITION BY visitor_key, content_id ORDER BY rendered_ms, inst, imp) AS exposure
            FROM fct_impression WHERE ivt = 'ok' AND rendered_ms IS NOT NULL) e) f
GROUP BY nth ORDER BY nth
