-- Pairs of contents seen by the same visitor, 20 visitors or more. Visitors are known within one affiliate, so each affiliate is
-- judged by itself. Visitors who saw more than 200 contents say little about taste and make the number of pairs explode: they stay out.
WITH seen AS (
  SELECT DISTINCT f.affiliate_id, f.visitor_key, f.content_id
  FROM fct_impression f
  JOIN (SELECT affiliate_id, visitor_key FROM fct_impression WHERE ivt = 'ok' AND viewable = 1
        GROUP BY affiliate_id, visitor_key HAVING count(DISTINCT content_id) <= 200) v
    ON f.affiliate_id = v.affiliate_id AND f.visitor_key = v.visitor_key
  WHERE f.ivt = 'ok' AND f.viewable = 1),
contents AS (SELECT affiliate_id, content_id, count(*) AS visitors FROM seen GROUP BY affiliate_id, content_id),
affiliates AS (SELECT affiliate_id, count(DISTINCT visitor_key) AS visitors FROM seen GROUP BY affiliate_id),
pairs AS (
  SELECT a.affiliate_id, a.content_id AS left_id, b.content_id AS right_id, count(*) AS together
  FROM seen a JOIN seen b ON a.affiliate_id = b.affiliate_id AND a.visitor_key = b.visitor_key AND a.content_id < b.content_id
  GROUP BY a.affiliate_id, a.content_id, b.content_id HAVING count(*) >= 20)
SELECT p.affiliate_id, p.left_id, p.right_id, p.together, l.visitors AS left_visitors, r.visitors AS right_visitors, t.visitors,
       count(*) OVER () AS tested
FROM pairs p
JOIN contents l ON p.affiliate_id = l.affiliate_id AND p.left_id = l.content_id
JOIN contents r ON p.affiliate_id = r.affiliate_id AND p.right_id = r.content_id
JOIN affiliates t ON p.affiliate_id = t.affiliate_id
ORDER BY CAST(p.together AS DOUBLE) * CAST(t.visitors AS DOUBLE) / (CAST(l.visitors AS DOUBLE) * CAST(r.visitors AS DOUBLE)) DESC,
         p.affiliate_id, p.left_id, p.right_id
LIMIT 2000
