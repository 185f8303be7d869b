-- What became of the events read: read = written + duplicate + rejected. Table loads holds the most recent commits.
SELECT count(*) AS commits, min(version) AS first_version, max(version) AS last_version, min(at_ms) AS first_ms, max(at_ms) AS last_ms,
       sum(raw_files) AS raw_files, sum(raw_bytes) AS raw_bytes, sum(lines) AS raw_lines,
       sum(read) AS events_read, sum(written) AS events_written, sum(duplicate) AS events_duplicate, sum(rejected) AS events_rejected
FROM loads WHERE kind = 'load'
