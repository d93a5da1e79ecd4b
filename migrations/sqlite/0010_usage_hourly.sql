-- Sums of each hour (UTC) of started_at, by all that reports tell requests apart by but their tags, in place of those per
-- day. They are written with every batch of rows, so what tells them apart has a number.

-- 0 and '' stand for none. Costs in two currencies never add up, nor do units of two kinds. A line without an operation is
-- of a time when sums were kept per day, which knew no more of them.
CREATE TABLE usage_lines (
    id INTEGER PRIMARY KEY,
    key_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    team_id INTEGER NOT NULL,
    model_name TEXT NOT NULL,
    provider TEXT NOT NULL,
    operation TEXT NOT NULL,
    basis TEXT NOT NULL,
    end_reason TEXT NOT NULL,
    currency TEXT NOT NULL,
    unit_kind TEXT NOT NULL,
    UNIQUE (key_id, model_id, user_id, team_id, model_name, provider, operation, basis, end_reason, currency, unit_kind)
);
CREATE TABLE usage_hour_sums (
    id INTEGER PRIMARY KEY,  -- hours since 1970 * 2^32 + the line's id
    requests INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    audio_tokens INTEGER NOT NULL,
    units INTEGER NOT NULL,
    cost_pico INTEGER NOT NULL
);
INSERT INTO usage_lines (key_id, model_id, user_id, team_id, model_name, provider, operation, basis, end_reason, currency,
    unit_kind)
SELECT DISTINCT key_id, model_id, 0, 0, '', provider, '', '', '', currency, '' FROM usage_daily;
INSERT INTO usage_hour_sums
SELECT (CAST(strftime('%s', day) AS INTEGER) / 3600 << 32) + l.id, requests, errors, prompt_tokens, completion_tokens,
    total_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, audio_tokens, 0, cost_pico
FROM usage_daily d JOIN usage_lines l USING (key_id, model_id, provider, currency);
DROP TABLE usage_daily;

CREATE VIEW usage_hourly AS
SELECT strftime('%Y-%m-%d %H:00', (s.id >> 32) * 3600, 'unixepoch') AS hour, key_id, model_id, user_id, team_id, model_name,
    provider, operation, basis, end_reason, currency, unit_kind, requests, errors, prompt_tokens, completion_tokens,
    total_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, audio_tokens, units, cost_pico
FROM usage_hour_sums s JOIN usage_lines l ON l.id = s.id & 4294967295;

-- What dashboards read. A cost past 64 bits is the largest number: sum() itself would fail.
CREATE VIEW usage_daily AS
SELECT day, key_id, model_id, provider, currency, requests, errors, prompt_tokens, completion_tokens, total_tokens,
    cached_tokens, cache_write_tokens, reasoning_tokens, audio_tokens,
    CASE WHEN high + (low >> 32) > 2147483647 THEN 9223372036854775807 ELSE (high << 32) + low END AS cost_pico
FROM (SELECT substr(hour, 1, 10) AS day, key_id, model_id, provider, currency, sum(requests) AS requests,
    sum(errors) AS errors, sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens,
    sum(total_tokens) AS total_tokens, sum(cached_tokens) AS cached_tokens,
    sum(cache_write_tokens) AS cache_write_tokens, sum(reasoning_tokens) AS reasoning_tokens,
    sum(audio_tokens) AS audio_tokens, sum(cost_pico >> 32) AS high, sum(cost_pico & 4294967295) AS low
    FROM usage_hourly GROUP BY 1, 2, 3, 4, 5);
