-- The prices of a request that have no column of their own, as they were billed: a JSON object in pico-units of cache_write,
-- reasoning, audio_input, audio_output (of a token) and request, and audio_output_tokens. NULL: there was none.
ALTER TABLE usage_records ADD COLUMN prices TEXT;
