-- What becomes of each decoded event. Of its copies the smallest (received_ms, attempt) is kept, unless the lake has the event; then, or
-- where it is another copy, it is a duplicate. An SDK start with more than 1,500 gaps in its numbers is refused beyond them (too_sparse).
-- One ordering serves all three windows. From: arrived (events with _file, _row and _refused), known.
SELECT g.*,
       CASE WHEN _refused IS NOT NULL THEN _refused
            WHEN NOT _fresh THEN 'duplicate'
            WHEN _interval > 1500 - _known THEN 'too_sparse'
            ELSE 'keep' END AS _verdict
FROM (SELECT p.*,
             sum(CASE WHEN _fresh AND (_before IS NULL OR seq > _before + 1) THEN 1 ELSE 0 END)
               OVER (PARTITION BY inst ORDER BY seq, _out, received_ms, attempt, _file, _row ROWS UNBOUNDED PRECEDING) AS _interval
      FROM (SELECT c.*,
                   max(CASE WHEN _fresh THEN seq END)
                     OVER (PARTITION BY inst ORDER BY seq, _out, received_ms, attempt, _file, _row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS _before
            FROM (SELECT n.*, _out = 0 AND _copy = 1 AND NOT COALESCE(_has, FALSE) AS _fresh
                  FROM (SELECT a.*, COALESCE(size(k.intervals), 0) AS _known, exists(k.intervals, i -> a.seq BETWEEN i.first AND i.last) AS _has,
                               row_number() OVER (PARTITION BY a.inst, a.seq, a._out ORDER BY a.received_ms, a.attempt, a._file, a._row) AS _copy
                        FROM (SELECT e.*, CASE WHEN _refused IS NULL THEN 0 ELSE 1 END AS _out FROM arrived e) a
                        LEFT JOIN known k ON a.inst = k.inst) n) c) p) g
