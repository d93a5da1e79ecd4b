-- The whole schema. Times are TEXT, UTC `YYYY-MM-DD HH:MM:SS.ffffff`; JSON is TEXT; prices are REAL per 1,000 tokens
-- with at most 9 decimals (a finer one would silently become another price); *_pico are integers of 1e-12 units.

CREATE TABLE ai_models (
    id INTEGER PRIMARY KEY AUTOINCREMENT CHECK (id > 0),  -- never reused: usage rows refer to it for ever
    model_name TEXT,
    display_name TEXT,
    provider TEXT DEFAULT 'other',
    api_endpoint TEXT NOT NULL,
    api_key TEXT DEFAULT '',
    cost_per_1k_tokens REAL NOT NULL DEFAULT 0,
    is_enabled INTEGER DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP,
    upstream_model TEXT,
    input_cost_per_1k REAL,
    output_cost_per_1k REAL,
    cached_input_cost_per_1k REAL,
    currency TEXT DEFAULT 'USD',
    priority INTEGER DEFAULT 0,
    weight INTEGER DEFAULT 1,
    fallback_model TEXT,
    auth_scheme TEXT,
    extra_headers TEXT CHECK (extra_headers IS NULL OR json_valid(extra_headers)),
    extra_body TEXT CHECK (extra_body IS NULL OR json_valid(extra_body)),
    proxy TEXT,
    connect_timeout_ms INTEGER,
    first_byte_timeout_ms INTEGER,
    idle_timeout_ms INTEGER,
    total_timeout_ms INTEGER,
    max_context_tokens INTEGER,
    capabilities TEXT CHECK (capabilities IS NULL OR json_valid(capabilities)),
    -- REAL holds 15 digits, so "at most 9 decimals" allows for the rounding of large prices.
    CONSTRAINT cost_per_1k_tokens_is_a_price_with_at_most_9_decimals CHECK (
        typeof(cost_per_1k_tokens) = 'real' AND cost_per_1k_tokens >= 0
        AND abs(cost_per_1k_tokens * 1e9 - round(cost_per_1k_tokens * 1e9)) <= 0.001 + cost_per_1k_tokens * 1e-6),
    CONSTRAINT input_cost_per_1k_is_a_price_with_at_most_9_decimals CHECK (
        input_cost_per_1k IS NULL OR (typeof(input_cost_per_1k) = 'real' AND input_cost_per_1k >= 0
        AND abs(input_cost_per_1k * 1e9 - round(input_cost_per_1k * 1e9)) <= 0.001 + input_cost_per_1k * 1e-6)),
    CONSTRAINT output_cost_per_1k_is_a_price_with_at_most_9_decimals CHECK (
        output_cost_per_1k IS NULL OR (typeof(output_cost_per_1k) = 'real' AND output_cost_per_1k >= 0
        AND abs(output_cost_per_1k * 1e9 - round(output_cost_per_1k * 1e9)) <= 0.001 + output_cost_per_1k * 1e-6)),
    CONSTRAINT cached_input_cost_per_1k_is_a_price_with_at_most_9_decimals CHECK (
        cached_input_cost_per_1k IS NULL OR (typeof(cached_input_cost_per_1k) = 'real' AND cached_input_cost_per_1k >= 0
        AND abs(cached_input_cost_per_1k * 1e9 - round(cached_input_cost_per_1k * 1e9))
            <= 0.001 + cached_input_cost_per_1k * 1e-6))
);

CREATE TABLE model_routes (
    name TEXT PRIMARY KEY NOT NULL,
    strategy TEXT NOT NULL CHECK (strategy IN ('priority', 'weighted', 'cheapest', 'fastest')),
    members TEXT NOT NULL CHECK (json_valid(members)),
    is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1))
);

CREATE TABLE teams (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    budget_pico INTEGER,
    budget_period TEXT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    team_id INTEGER REFERENCES teams (id) ON DELETE SET NULL,
    is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    budget_pico INTEGER,
    budget_period TEXT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public_id TEXT NOT NULL UNIQUE,
    key_sha256 TEXT NOT NULL CHECK (length(key_sha256) = 64),
    name TEXT NOT NULL DEFAULT '',
    user_id INTEGER REFERENCES users (id),
    team_id INTEGER REFERENCES teams (id),
    allowed_models TEXT CHECK (allowed_models IS NULL OR json_valid(allowed_models)),
    rpm INTEGER,
    tpm INTEGER,
    max_parallel INTEGER,
    budget_pico INTEGER,
    budget_period TEXT,
    store_messages INTEGER NOT NULL DEFAULT 1 CHECK (store_messages IN (0, 1)),
    expires_at TEXT,
    rotated_from INTEGER,
    grace_until TEXT,
    is_enabled INTEGER NOT NULL DEFAULT 1 CHECK (is_enabled IN (0, 1)),
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    last_used_at TEXT
);

-- No references and no checks in the usage tables: a row about money is never refused because what it names is gone.
-- Every tree more than the table's own is paid by each request, so there is no index. A request_id begins with its
-- time (UUIDv7): rows are appended, and those of a time are found by their id.
CREATE TABLE usage_records (
    request_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    first_token_at TEXT,
    ended_at TEXT,
    duration_us INTEGER,
    ttft_us INTEGER,
    overhead_us INTEGER,
    key_id INTEGER,
    user_id INTEGER,
    team_id INTEGER,
    model_id INTEGER,
    model_name TEXT,
    upstream_model TEXT,
    provider TEXT,
    operation TEXT,
    is_stream INTEGER,
    status INTEGER,
    error_code TEXT,
    finish_reason TEXT,
    end_reason TEXT,
    attempts INTEGER,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    total_tokens INTEGER,
    cached_tokens INTEGER,
    cache_write_tokens INTEGER,
    reasoning_tokens INTEGER,
    audio_tokens INTEGER,
    units INTEGER,
    unit_kind TEXT,
    basis TEXT,
    cost_pico INTEGER NOT NULL DEFAULT 0,
    input_price_pico INTEGER,
    output_price_pico INTEGER,
    cached_price_pico INTEGER,
    currency TEXT,
    conversation_id INTEGER,
    end_user TEXT,
    tags TEXT,
    client_request_id TEXT,
    upstream_request_id TEXT,
    client_ip TEXT,
    user_agent TEXT,
    instance_id TEXT,
    trace_id TEXT,
    catalog_version INTEGER,
    PRIMARY KEY (request_id, started_at)
) WITHOUT ROWID;

CREATE TABLE usage_attempts (
    request_id TEXT NOT NULL,
    started_at TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    model_id INTEGER,
    provider TEXT,
    status INTEGER,
    error_code TEXT,
    was_sent INTEGER,
    connect_us INTEGER,
    ttft_us INTEGER,
    duration_us INTEGER,
    bytes_up INTEGER,
    bytes_down INTEGER,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    PRIMARY KEY (request_id, started_at, attempt)
) WITHOUT ROWID;

-- One line per UTC day of started_at; key_id and model_id 0 stand for none. Costs in two currencies never add up, so
-- the currency is part of the key.
CREATE TABLE usage_daily (
    day TEXT NOT NULL,
    key_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    provider TEXT NOT NULL,
    currency TEXT NOT NULL,
    requests INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    reasoning_tokens INTEGER NOT NULL,
    audio_tokens INTEGER NOT NULL,
    cost_pico INTEGER NOT NULL,
    PRIMARY KEY (day, key_id, model_id, provider, currency)
) WITHOUT ROWID;

CREATE TABLE conversations (
    user_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    title TEXT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    updated_at TEXT DEFAULT CURRENT_TIMESTAMP,
    deleted_at TEXT,
    PRIMARY KEY (user_id, id)
);

CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL,
    conversation_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    content TEXT CHECK (content IS NULL OR json_valid(content)),
    model_id INTEGER,
    request_id TEXT,
    prompt_tokens INTEGER,
    completion_tokens INTEGER,
    end_reason TEXT,
    created_at TEXT DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (user_id, conversation_id, position),
    FOREIGN KEY (user_id, conversation_id) REFERENCES conversations (user_id, id) ON DELETE CASCADE
);

-- One counter for models, routes and keys together, bumped in the transaction that changes them.
CREATE TABLE catalog_version (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    version INTEGER NOT NULL
);
INSERT INTO catalog_version VALUES (1, 1);

CREATE TRIGGER ai_models_inserted AFTER INSERT ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
CREATE TRIGGER ai_models_deleted AFTER DELETE ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
-- updated_at is not among the columns: setting it alone changes nothing that is served, and the statement below may
-- set it without starting this trigger again.
CREATE TRIGGER ai_models_changed AFTER UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities
ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
    UPDATE ai_models SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id AND updated_at IS OLD.updated_at;
END;

CREATE TRIGGER model_routes_inserted AFTER INSERT ON model_routes BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
CREATE TRIGGER model_routes_deleted AFTER DELETE ON model_routes BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
CREATE TRIGGER model_routes_changed AFTER UPDATE ON model_routes BEGIN
    UPDATE catalog_version SET version = version + 1;
END;

CREATE TRIGGER api_keys_inserted AFTER INSERT ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
CREATE TRIGGER api_keys_deleted AFTER DELETE ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
-- last_used_at is not among the columns: every shipped batch sets it.
CREATE TRIGGER api_keys_changed AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, rpm, tpm, max_parallel, budget_pico,
    budget_period, store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
END;
