-- Loss by affiliate, counted on contiguous event numbers. A client's own reasons explain at most what is really missing:
-- presence in the warehouse outranks any claim of loss. unexplained is missing without a reason, or still on its way.
SELECT affiliate_id, count(*) AS instances, sum(CASE WHEN tail_known THEN 1 ELSE 0 END) AS tails_known,
       sum(CASE WHEN received = 0 THEN 1 ELSE 0 END) AS lost_whole,
       sum(expected) AS expected, sum(received) AS received, sum(lost) AS lost,
       sum(CASE WHEN claimed < lost THEN lost - claimed ELSE 0 END) AS unexplained,
       sum(CASE WHEN claimed > lost THEN claimed - lost ELSE 0 END) AS claimed_but_present,
       sum(queue_full) AS queue_full, sum(expired) AS expired, sum(too_large) AS too_large, sum(refused) AS refused,
       sum(consent_withdrawn) AS consent_withdrawn, sum(storage_failed) AS storage_failed, sum(unconfirmed) AS unconfirmed
FROM (SELECT i.*, COALESCE(queue_full, 0) + COALESCE(expired, 0) + COALESCE(too_large, 0) + COALESCE(refused, 0)
                + COALESCE(consent_withdrawn, 0) + COALESCE(storage_failed, 0) + COALESCE(unconfirmed, 0) AS claimed
      FROM instances i) c
GROUP BY affiliate_id ORDER BY 5 DESC, 1
