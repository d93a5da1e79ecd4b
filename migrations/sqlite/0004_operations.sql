-- What is billed besides tokens, and ids that belong to one account of a provider.

-- Prices of one image, second, character, byte, search, page or request: a JSON object {"images": "0.04"}. A unit may
-- say more closely which: {"images:hd:1024x1792": "0.12"}. NULL: none is known.
ALTER TABLE ai_models ADD COLUMN unit_prices TEXT CHECK (unit_prices IS NULL OR json_valid(unit_prices));
-- The trigger of changed columns, with this one among them.
DROP TRIGGER ai_models_changed;
CREATE TRIGGER ai_models_changed AFTER UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities, unit_prices
ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'ai_models', OLD.id FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'ai_models', NEW.id FROM catalog_version;
    UPDATE ai_models SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id AND updated_at IS OLD.updated_at;
END;

-- The price that `units` were billed at; NULL where none was known.
ALTER TABLE usage_records ADD COLUMN unit_price_pico INTEGER;
-- A JSON list of the ids in the answer that only the account which gave them knows: files, batches, responses.
ALTER TABLE usage_records ADD COLUMN issued_ids TEXT;

-- Who issued an id, and for whom: a request that names it goes to that row's account, and is another client's secret.
CREATE TABLE issued_ids (
    id TEXT NOT NULL PRIMARY KEY,
    model_id INTEGER NOT NULL,
    key_id INTEGER,
    user_id INTEGER,
    operation TEXT NOT NULL,
    issued_at TEXT NOT NULL
);
