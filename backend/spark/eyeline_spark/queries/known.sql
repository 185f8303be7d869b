-- The numbers that the lake has of each SDK start, as intervals joined where they overlap or touch. Texts that were joined hold empty parts.
-- From: seen_parts (inst, seen).
SELECT inst, collect_list(struct(first, last)) AS intervals
FROM (SELECT inst, island, min(first) AS first, max(last) AS last
      FROM (SELECT inst, first, last,
                   sum(CASE WHEN first <= reach + 1 THEN 0 ELSE 1 END) OVER (PARTITION BY inst ORDER BY first, last ROWS UNBOUNDED PRECEDING) AS island
            FROM (SELECT inst, first, last,
                         max(last) OVER (PARTITION BY inst ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reach
                  FROM (SELECT inst, CAST(substring_index(part, '-', 1) AS BIGINT) AS first, CAST(substring_index(part, '-', -1) AS BIGINT) AS last
                        FROM (SELECT inst, explode(filter(split(seen, ','), part -> part <> '')) AS part FROM seen_parts) t) i) r) n
      GROUP BY inst, island) m
GROUP BY inst
