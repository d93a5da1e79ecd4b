-- What a provider said of a request it did not answer: at most 300 bytes, without anything that looks like a key. NULL
-- where it said nothing.
ALTER TABLE usage_attempts ADD COLUMN message TEXT;
