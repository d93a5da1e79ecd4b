-- How many requests a row may have at once, and how long others wait for it: NULL is any number, and
-- retry.queue_timeout. Among those who wait, keys with the lower priority go first; NULL is 0.
ALTER TABLE ai_models ADD COLUMN max_parallel INTEGER;
ALTER TABLE ai_models ADD COLUMN queue_timeout_ms INTEGER;
ALTER TABLE api_keys ADD COLUMN priority INTEGER;

-- The triggers of changed columns, with these among them.
DROP TRIGGER ai_models_changed;
CREATE TRIGGER ai_models_changed AFTER UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities, unit_prices, max_parallel, queue_timeout_ms
ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'ai_models', OLD.id FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'ai_models', NEW.id FROM catalog_version;
    UPDATE ai_models SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id AND updated_at IS OLD.updated_at;
END;
DROP TRIGGER api_keys_changed;
CREATE TRIGGER api_keys_changed AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses, rpm, tpm, rpd, tpd,
    max_parallel, max_output_tokens, budget_pico, budget_period, budget_mode, priority,
    store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', OLD.id FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'api_keys', NEW.id FROM catalog_version;
END;
