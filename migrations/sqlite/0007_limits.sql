-- Limits of keys, users and teams. NULL is none; 0 lets nothing through. Which of them holds is known by the narrowest.
ALTER TABLE api_keys ADD COLUMN rpd INTEGER CHECK (rpd >= 0);
ALTER TABLE api_keys ADD COLUMN tpd INTEGER CHECK (tpd >= 0);
ALTER TABLE api_keys ADD COLUMN max_output_tokens INTEGER CHECK (max_output_tokens >= 0);
ALTER TABLE api_keys ADD COLUMN budget_mode TEXT CHECK (budget_mode IN ('hard', 'soft'));
ALTER TABLE api_keys ADD COLUMN allowed_addresses TEXT
    CHECK (allowed_addresses IS NULL OR json_valid(allowed_addresses));
ALTER TABLE users ADD COLUMN rpm INTEGER CHECK (rpm >= 0);
ALTER TABLE users ADD COLUMN tpm INTEGER CHECK (tpm >= 0);
ALTER TABLE users ADD COLUMN rpd INTEGER CHECK (rpd >= 0);
ALTER TABLE users ADD COLUMN tpd INTEGER CHECK (tpd >= 0);
ALTER TABLE users ADD COLUMN max_parallel INTEGER CHECK (max_parallel >= 0);
ALTER TABLE users ADD COLUMN max_output_tokens INTEGER CHECK (max_output_tokens >= 0);
ALTER TABLE users ADD COLUMN budget_mode TEXT CHECK (budget_mode IN ('hard', 'soft'));
ALTER TABLE teams ADD COLUMN rpm INTEGER CHECK (rpm >= 0);
ALTER TABLE teams ADD COLUMN tpm INTEGER CHECK (tpm >= 0);
ALTER TABLE teams ADD COLUMN rpd INTEGER CHECK (rpd >= 0);
ALTER TABLE teams ADD COLUMN tpd INTEGER CHECK (tpd >= 0);
ALTER TABLE teams ADD COLUMN max_parallel INTEGER CHECK (max_parallel >= 0);
ALTER TABLE teams ADD COLUMN max_output_tokens INTEGER CHECK (max_output_tokens >= 0);
ALTER TABLE teams ADD COLUMN budget_mode TEXT CHECK (budget_mode IN ('hard', 'soft'));

DROP TRIGGER api_keys_changed;
CREATE TRIGGER api_keys_changed AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses, rpm, tpm, rpd, tpd,
    max_parallel,
    max_output_tokens, budget_pico, budget_period, budget_mode,
    store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', OLD.id FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'api_keys', NEW.id FROM catalog_version;
END;
DROP TRIGGER users_changed;
CREATE TRIGGER users_changed AFTER UPDATE OF id, team_id, is_enabled, rpm, tpm, rpd, tpd, max_parallel,
    max_output_tokens, budget_pico, budget_period, budget_mode ON users
WHEN EXISTS (SELECT 1 FROM api_keys WHERE user_id IN (OLD.id, NEW.id)) BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', k.id FROM catalog_version, api_keys k
        WHERE k.user_id IN (OLD.id, NEW.id);
END;
DROP TRIGGER teams_changed;
CREATE TRIGGER teams_changed AFTER UPDATE OF id, is_enabled, rpm, tpm, rpd, tpd, max_parallel,
    max_output_tokens, budget_pico, budget_period, budget_mode ON teams
WHEN EXISTS (SELECT 1 FROM api_keys k LEFT JOIN users u ON u.id = k.user_id
    WHERE k.team_id IN (OLD.id, NEW.id) OR u.team_id IN (OLD.id, NEW.id)) BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', k.id FROM catalog_version, api_keys k
        LEFT JOIN users u ON u.id = k.user_id
        WHERE k.team_id IN (OLD.id, NEW.id) OR u.team_id IN (OLD.id, NEW.id);
END;

-- What each process used of late of what is limited over all of them, and what it may use until it tells again
-- (`_share`). Who
-- does not report any more fades away.
CREATE TABLE limit_use (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    minute_requests INTEGER NOT NULL,
    minute_tokens INTEGER NOT NULL,
    day_requests INTEGER NOT NULL,
    day_tokens INTEGER NOT NULL,
    parallel INTEGER NOT NULL,
    minute_requests_share INTEGER NOT NULL,
    minute_tokens_share INTEGER NOT NULL,
    day_requests_share INTEGER NOT NULL,
    day_tokens_share INTEGER NOT NULL,
    parallel_share INTEGER NOT NULL,
    PRIMARY KEY (party, party_id, instance_id)
) WITHOUT ROWID;

-- What was spent of a budget in the period that began at `period_start`, as far as it was reported.
CREATE TABLE budget_use (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id INTEGER NOT NULL,
    period_start TEXT NOT NULL,
    spent_pico INTEGER NOT NULL,
    PRIMARY KEY (party, party_id)
) WITHOUT ROWID;

-- What a process may spend without asking, until then. `reported_pico` is what it told of in this period, or what its
-- rows
-- say after its end, where `checked_at` is the time somebody looked at them.
CREATE TABLE budget_leases (
    party TEXT NOT NULL CHECK (party IN ('key', 'user', 'team')),
    party_id INTEGER NOT NULL,
    instance_id TEXT NOT NULL,
    period_start TEXT NOT NULL,
    held_pico INTEGER NOT NULL,
    reported_pico INTEGER NOT NULL,
    expires_at TEXT NOT NULL,
    checked_at TEXT NOT NULL,
    PRIMARY KEY (party, party_id, instance_id)
) WITHOUT ROWID;
