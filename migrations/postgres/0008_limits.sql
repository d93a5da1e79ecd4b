-- Limits of keys, users and teams. NULL is none; 0 lets nothing through. Which of them holds is known by the narrowest.
ALTER TABLE api_keys ADD COLUMN rpd BIGINT CHECK (rpd >= 0);
ALTER TABLE api_keys ADD COLUMN tpd BIGINT CHECK (tpd >= 0);
ALTER TABLE api_keys ADD COLUMN max_output_tokens BIGINT CHECK (max_output_tokens >= 0);
ALTER TABLE api_keys ADD COLUMN budget_mode TEXT CHECK (budget_mode IN ('hard', 'soft'));
ALTER TABLE api_keys ADD COLUMN allowed_addresses JSONB;
ALTER TABLE users ADD COLUMN rpm BIGINT CHECK (rpm >= 0);
ALTER TABLE users ADD COLUMN tpm BIGINT CHECK (tpm >= 0);
ALTER TABLE users ADD COLUMN rpd BIGINT CHECK (rpd >= 0);
ALTER TABLE users ADD COLUMN tpd BIGINT CHECK (tpd >= 0);
ALTER TABLE users ADD COLUMN max_parallel BIGINT CHECK (max_parallel >= 0);
ALTER TABLE users ADD COLUMN max_output_tokens BIGINT CHECK (max_output_tokens >= 0);
ALTER TABLE users ADD COLUMN budget_mode TEXT CHECK (budget_mode IN ('hard', 'soft'));
ALTER TABLE teams ADD COLUMN rpm BIGINT CHECK (rpm >= 0);
ALTER TABLE teams ADD COLUMN tpm BIGINT CHECK (tpm >= 0);
ALTER TABLE teams ADD COLUMN rpd BIGINT CHECK (rpd >= 0);
ALTER TABLE teams ADD COLUMN tpd BIGINT CHECK (tpd >= 0);
ALTER TABLE teams ADD COLUMN max_parallel BIGINT CHECK (max_parallel >= 0);
ALTER TABLE teams ADD COLUMN max_output_tokens BIGINT CHECK (max_output_tokens >= 0);
ALTER TABLE teams ADD COLUMN budget_mode TEXT CHECK (budget_mode IN ('hard', 'soft'));

DROP TRIGGER api_keys_update ON api_keys;
CREATE TRIGGER api_keys_update BEFORE UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses, rpm, tpm, rpd, tpd,
    max_parallel,
    max_output_tokens, budget_pico, budget_period, budget_mode,
    store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
    ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_changes();
DROP TRIGGER api_keys_row_update ON api_keys;
CREATE TRIGGER api_keys_row_update AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses, rpm, tpm, rpd, tpd,
    max_parallel,
    max_output_tokens, budget_pico, budget_period, budget_mode,
    store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
    ON api_keys FOR EACH ROW EXECUTE FUNCTION ferry_catalog_row('id');

-- What each process used of late of what is limited over all of them, and what it may use until it tells again
-- (`_share`). Who
-- does not report any more fades away.
CREATE TABLE limit_use (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id BIGINT NOT NULL,
    instance_id TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    minute_requests BIGINT NOT NULL,
    minute_tokens BIGINT NOT NULL,
    day_requests BIGINT NOT NULL,
    day_tokens BIGINT NOT NULL,
    parallel BIGINT NOT NULL,
    minute_requests_share BIGINT NOT NULL,
    minute_tokens_share BIGINT NOT NULL,
    day_requests_share BIGINT NOT NULL,
    day_tokens_share BIGINT NOT NULL,
    parallel_share BIGINT NOT NULL,
    PRIMARY KEY (party, party_id, instance_id)
) WITH (fillfactor = 50);

-- What was spent of a budget in the period that began at `period_start`, as far as it was reported.
CREATE TABLE budget_use (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id BIGINT NOT NULL,
    period_start TIMESTAMPTZ NOT NULL,
    spent_pico BIGINT NOT NULL,
    PRIMARY KEY (party, party_id)
) WITH (fillfactor = 50);

-- What a process may spend without asking, until then. `reported_pico` is what it told of in this period, or what its
-- rows
-- say after its end, where `checked_at` is the time somebody looked at them.
CREATE TABLE budget_leases (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id BIGINT NOT NULL,
    instance_id TEXT NOT NULL,
    period_start TIMESTAMPTZ NOT NULL,
    held_pico BIGINT NOT NULL,
    reported_pico BIGINT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    checked_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (party, party_id, instance_id)
) WITH (fillfactor = 50);

-- Tells what `me` spent of a budget in all of the period that began at `begins`, and leases `wanted` more of it for
-- so many
-- seconds, or what is left, but no more than `most` together. One call after the other for each budget: its row is
-- locked.
-- The lease of a process stays behind its end, for it says what was told; what a process did not tell before it ended
-- is
-- taken from its rows, every few seconds, since they may come late.
CREATE FUNCTION ferry_renew_budget(whose text, whose_id bigint, me text, budget bigint, begins timestamptz, told bigint,
    wanted bigint, most bigint, seconds double precision)
RETURNS TABLE (held bigint, remaining bigint, spent bigint, replicas bigint) LANGUAGE plpgsql AS $$
DECLARE
    ceiling constant numeric := 9000000000000000000;
    used budget_use;
    gone budget_leases;
    mine budget_leases;
    total numeric;
    by_rows numeric;
    others numeric;
    grown numeric;
BEGIN
    INSERT INTO budget_use VALUES (whose, whose_id, begins, 0) ON CONFLICT DO NOTHING;
    SELECT * INTO used FROM budget_use u WHERE u.party = whose AND u.party_id = whose_id FOR UPDATE;
    IF begins > clock_timestamp() + interval '1 day' THEN
        begins := used.period_start;
    END IF;
    total := used.spent_pico;
    IF used.period_start < begins THEN
        used.period_start := begins;
        total := 0;
        DELETE FROM budget_leases l WHERE l.party = whose AND l.party_id = whose_id;
    ELSIF used.period_start > begins THEN
        told := 0;  -- it is of a period that is over
    END IF;
    DELETE FROM budget_leases l WHERE l.party = whose AND l.party_id = whose_id
        AND l.expires_at < clock_timestamp() - interval '7 days';
    FOR gone IN SELECT * FROM budget_leases l WHERE l.party = whose AND l.party_id = whose_id AND l.instance_id <> me
            AND l.expires_at < clock_timestamp() AND l.checked_at < clock_timestamp() - interval '5 seconds' LOOP
        EXECUTE format('SELECT coalesce(sum(cost_pico), 0) FROM usage_records WHERE %I = $1 AND instance_id = $2'
            ' AND started_at >= $3', whose || '_id') INTO by_rows
            USING whose_id, gone.instance_id, used.period_start;
        total := total + greatest(by_rows - gone.reported_pico, 0);
        UPDATE budget_leases l SET held_pico = 0, checked_at = clock_timestamp(),
                reported_pico = least(greatest(by_rows, l.reported_pico), ceiling)
            WHERE l.party = whose AND l.party_id = whose_id AND l.instance_id = gone.instance_id;
    END LOOP;
    SELECT * INTO mine FROM budget_leases l WHERE l.party = whose AND l.party_id = whose_id AND l.instance_id = me;
    mine.reported_pico := coalesce(mine.reported_pico, 0);
    grown := greatest(told - mine.reported_pico, 0);
    total := least(total + grown, ceiling);
    mine.held_pico := greatest(coalesce(mine.held_pico, 0) - grown, 0);
    mine.reported_pico := mine.reported_pico + grown;
    SELECT coalesce(sum(l.held_pico), 0), count(*) + 1 INTO others, replicas FROM budget_leases l
        WHERE l.party = whose AND l.party_id = whose_id AND l.instance_id <> me AND l.expires_at >= clock_timestamp();
    -- What is beyond its needs is given back, and what a smaller budget does not have.
    mine.held_pico := greatest(least(mine.held_pico, most, budget - total - others), 0);
    remaining := greatest(budget - total - others - mine.held_pico, 0);
    grown := greatest(least(wanted, remaining), 0);
    mine.held_pico := mine.held_pico + grown;
    remaining := remaining - grown;
    INSERT INTO budget_leases VALUES (whose, whose_id, me, used.period_start, mine.held_pico, mine.reported_pico,
            clock_timestamp() + make_interval(secs => seconds), clock_timestamp())
        ON CONFLICT (party, party_id, instance_id) DO UPDATE SET period_start = excluded.period_start,
            held_pico = excluded.held_pico, reported_pico = excluded.reported_pico, expires_at = excluded.expires_at;
    UPDATE budget_use u SET period_start = used.period_start, spent_pico = total
        WHERE u.party = whose AND u.party_id = whose_id;
    held := mine.held_pico;
    spent := total;
    RETURN NEXT;
END $$;
