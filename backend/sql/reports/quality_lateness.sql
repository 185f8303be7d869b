-- How long events took from the moment they describe to the collector.
SELECT bucket, count(*) AS events
FROM (SELECT CASE WHEN received_ms - event_ms < 10000 THEN 1 WHEN received_ms - event_ms < 60000 THEN 2 WHEN received_ms - event_ms < 600000 THEN 3
                  WHEN received_ms - event_ms < 3600000 THEN 4 WHEN received_ms - event_ms < 86400000 THEN 5 WHEN received_ms - event_ms < 259200000 THEN 6
                  ELSE 7 END AS bucket
      FROM events) e
GROUP BY bucket ORDER BY bucket
