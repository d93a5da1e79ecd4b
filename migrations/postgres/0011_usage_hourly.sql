-- The sums of each hour (UTC) of started_at, by all that reports tell requests apart by but their tags. 0 and '' stand for
-- none. Costs in two currencies never add up, nor do units of two kinds, so both are part of the key. A line without
-- an operation is of a time when sums were kept per day, which knew no more, and stands for the first hour of its day.
CREATE TABLE usage_hourly (
    hour TEXT COLLATE "C" NOT NULL,
    key_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    model_id BIGINT NOT NULL,
    model_name TEXT COLLATE "C" NOT NULL,
    provider TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    basis TEXT COLLATE "C" NOT NULL,
    end_reason TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    unit_kind TEXT COLLATE "C" NOT NULL,
    requests BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    total_tokens BIGINT NOT NULL,
    cached_tokens BIGINT NOT NULL,
    cache_write_tokens BIGINT NOT NULL,
    reasoning_tokens BIGINT NOT NULL,
    audio_tokens BIGINT NOT NULL,
    units BIGINT NOT NULL,
    cost_pico BIGINT NOT NULL,
    PRIMARY KEY (hour, key_id, model_id, user_id, team_id, model_name, provider, operation, basis, end_reason, currency,
        unit_kind)
) WITH (fillfactor = 50);
INSERT INTO usage_hourly
SELECT to_char(day, 'YYYY-MM-DD') || ' 00:00', key_id, 0, 0, model_id, '', provider, '', '', '', currency, '', requests,
    errors, prompt_tokens, completion_tokens, total_tokens, cached_tokens, cache_write_tokens, reasoning_tokens,
    audio_tokens, 0, cost_pico FROM usage_daily;
DROP TABLE usage_daily;

-- What dashboards read. A sum past 64 bits is the largest number.
CREATE VIEW usage_daily AS SELECT left(hour, 10)::date AS day, key_id, model_id, provider, currency,
    sum(requests)::bigint AS requests, sum(errors)::bigint AS errors,
    least(sum(prompt_tokens), 9223372036854775807)::bigint AS prompt_tokens,
    least(sum(completion_tokens), 9223372036854775807)::bigint AS completion_tokens,
    least(sum(total_tokens), 9223372036854775807)::bigint AS total_tokens,
    least(sum(cached_tokens), 9223372036854775807)::bigint AS cached_tokens,
    least(sum(cache_write_tokens), 9223372036854775807)::bigint AS cache_write_tokens,
    least(sum(reasoning_tokens), 9223372036854775807)::bigint AS reasoning_tokens,
    least(sum(audio_tokens), 9223372036854775807)::bigint AS audio_tokens,
    least(sum(cost_pico), 9223372036854775807)::bigint AS cost_pico
FROM usage_hourly GROUP BY 1, 2, 3, 4, 5;
