-- How far the senders' clocks were from the collector's, and which clock each event's time rests on.
SELECT bucket, count(*) AS events, count(DISTINCT inst) AS instances,
       sum(CASE WHEN time_basis = 'mono' THEN 1 ELSE 0 END) AS mono, sum(CASE WHEN skew_flag THEN 1 ELSE 0 END) AS flagged
FROM (SELECT inst, time_basis, skew_flag,
             CASE WHEN skew_ms IS NULL THEN 0 WHEN abs(skew_ms) < 1000 THEN 1 WHEN abs(skew_ms) < 60000 THEN 2 WHEN abs(skew_ms) < 3600000 THEN 3
                  WHEN abs(skew_ms) < 86400000 THEN 4 ELSE 5 END AS bucket
      FROM events) e
GROUP BY bucket ORDER BY bucket
