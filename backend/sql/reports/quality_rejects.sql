-- Refused events and lines by reason; they are kept for at most 30 days.
SELECT why, count(*) AS rejected FROM rejects GROUP BY why ORDER BY 2 DESC, 1
