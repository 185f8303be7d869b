-- The numbers newly seen of each SDK start, as column seen has them: `1-47,50`. From: verdicts.
SELECT inst, array_join(transform(array_sort(collect_list(struct(first, last))),
                                  i -> CASE WHEN i.first = i.last THEN CAST(i.first AS STRING) ELSE concat(CAST(i.first AS STRING), '-', CAST(i.last AS STRING)) END), ',') AS seen
FROM (SELECT inst, _interval, min(seq) AS first, max(seq) AS last FROM verdicts WHERE _verdict = 'keep' GROUP BY inst, _interval) i
GROUP BY inst
