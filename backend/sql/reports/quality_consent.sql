-- What the measured visitors agreed to, by impression.
SELECT COALESCE(consent_mode, 'not stated') AS consent_mode, count(*) AS impressions, count(DISTINCT inst) AS instances
FROM fct_impression GROUP BY COALESCE(consent_mode, 'not stated') ORDER BY 2 DESC, 1
