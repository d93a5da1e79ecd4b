-- Costs in other currencies than that of budgets count by rates: one unit of one of `currencies` is so many billionths
-- of it (`nanos`). Those that are not named count as they are.
DROP FUNCTION ferry_renew_budget(text, bigint, text, bigint, timestamptz, bigint, bigint, bigint, double precision);

-- Tells what `me` spent of a budget in all of the period that began at `begins`, and leases `wanted` more of it for
-- so many seconds, or what is left, but no more than `most` together. One call after the other for each budget: its
-- row is locked. The lease of a process stays behind its end, for it says what was told; what a process did not tell
-- before it ended is taken from its rows, every few seconds, since they may come late.
CREATE FUNCTION ferry_renew_budget(whose text, whose_id bigint, me text, budget bigint, begins timestamptz, told bigint,
    wanted bigint, most bigint, seconds double precision, currencies text[] DEFAULT '{}', nanos bigint[] DEFAULT '{}')
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
            AND l.expires_at < clock_timestamp()
            AND (l.checked_at < l.expires_at OR l.checked_at < clock_timestamp() - interval '5 seconds') LOOP
        EXECUTE format('SELECT coalesce(sum(CASE WHEN r.nano IS NULL THEN u.cost_pico'
            ' ELSE div(u.cost_pico::numeric * r.nano + 500000000, 1000000000) END), 0)'
            ' FROM usage_records u LEFT JOIN unnest($4, $5) AS r(currency, nano) ON r.currency = u.currency'
            ' WHERE u.%I = $1 AND u.instance_id = $2 AND u.started_at >= $3', whose || '_id') INTO by_rows
            USING whose_id, gone.instance_id, used.period_start, currencies, nanos;
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
