-- How much of the lake says of itself that it was generated rather than measured.
SELECT count(*) AS events, sum(CASE WHEN dimensions LIKE '%"overlay":"synthetic"%' THEN 1 ELSE 0 END) AS synthetic,
       min(event_date) AS first_date, max(event_date) AS last_date
FROM events
