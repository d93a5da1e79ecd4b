-- The last requests of a key, and a key's requests in a window of time. Writing it costs the server, not the requests.
-- While it is made, rows that are already there hold up new ones, which wait in the journal.
CREATE INDEX usage_records_by_key ON usage_records (key_id, started_at);
