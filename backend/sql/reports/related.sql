-- Pairs of contents seen by the same visitor, 20 visitors or more. Visitors who saw more than 200 contents say little about
-- taste and make the number of pairs explode, so they stay out everywhere.
WITH seen AS (
  SELECT DISTINCT f.visitor_key, f.content_id
  FROM fct_impression f
  JOIN (SELECT visitor_key FROM fct_impression WHERE ivt = 'ok' AND viewable = 1
        GROUP BY visitor_key HAVING count(DISTINCT content_id) <= 200) v ON f.visitor_key = v.visitor_key
  WHERE f.ivt = 'ok' AND f.viewable = 1),
contents AS (SELECT content_id, count(*) AS visitors FROM seen GROUP BY content_id),
pairs AS (
  SELECT a.content_id AS left_id, b.content_id AS right_id, count(*) AS together
  FROM seen a JOIN seen b ON a.visitor_key = b.visitor_key AND a.content_id < b.content_id
  GROUP BY a.content_id, b.content_id HAVING count(*) >= 20)
SELECT p.left_id, p.right_id, p.together, l.visitors AS left_visitors, r.visitors AS right_visitors, t.visitors
FROM pairs p
JOIN contents l ON p.left_id = l.content_id
JOIN contents r ON p.right_id = r.content_id
CROSS JOIN (SELECT count(DISTINCT visitor_key) AS visitors FROM seen) t
ORDER BY CAST(p.together AS DOUBLE) / (CAST(l.visitors AS DOUBLE) * CAST(r.visitors AS DOUBLE)) DESC, p.left_id, p.right_id
LIMIT 2000
