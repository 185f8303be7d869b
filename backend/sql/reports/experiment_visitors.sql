-- Sums over visitors of each variant, for errors that let one visitor's impressions hang together. mixed counts the visitors
-- who saw another variant too.
SELECT v.variant, count(*) AS visitors, sum(v.n) AS n, sum(v.x) AS x, sum(v.n * v.n) AS nn, sum(v.n * v.x) AS nx, sum(v.x * v.x) AS xx,
       sum(CASE WHEN m.variants > 1 THEN 1 ELSE 0 END) AS mixed
FROM (SELECT visitor_key, variant, CAST(count(*) AS DOUBLE) AS n, CAST(sum(clicked) AS DOUBLE) AS x
      FROM fct_impression WHERE ivt = 'ok' AND rendered_ms IS NOT NULL AND variant IS NOT NULL GROUP BY visitor_key, variant) v
JOIN (SELECT visitor_key, count(DISTINCT variant) AS variants
      FROM fct_impression WHERE ivt = 'ok' AND rendered_ms IS NOT NULL AND variant IS NOT NULL GROUP BY visitor_key) m
  ON v.visitor_key = m.visitor_key
GROUP BY v.variant ORDER BY v.variant
