-- How many requests a row may have at once, and how long others wait for it: NULL is any number, and
-- retry.queue_timeout. Among those who wait, keys with the lower priority go first; NULL is 0.
ALTER TABLE ai_models ADD COLUMN max_parallel BIGINT;
ALTER TABLE ai_models ADD COLUMN queue_timeout_ms BIGINT;
ALTER TABLE api_keys ADD COLUMN priority BIGINT;

-- The triggers of changed columns, with these among them.
DROP TRIGGER ai_models_update ON ai_models;
CREATE TRIGGER ai_models_update BEFORE UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities, unit_prices, max_parallel, queue_timeout_ms
    ON ai_models FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_changes();
DROP TRIGGER ai_models_row_update ON ai_models;
CREATE TRIGGER ai_models_row_update AFTER UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities, unit_prices, max_parallel, queue_timeout_ms
    ON ai_models FOR EACH ROW EXECUTE FUNCTION ferry_catalog_row('id');
DROP TRIGGER api_keys_update ON api_keys;
CREATE TRIGGER api_keys_update BEFORE UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses, rpm, tpm, rpd, tpd,
    max_parallel, max_output_tokens, budget_pico, budget_period, budget_mode, priority,
    store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
    ON api_keys FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_changes();
DROP TRIGGER api_keys_row_update ON api_keys;
CREATE TRIGGER api_keys_row_update AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses, rpm, tpm, rpd, tpd,
    max_parallel, max_output_tokens, budget_pico, budget_period, budget_mode, priority,
    store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
    ON api_keys FOR EACH ROW EXECUTE FUNCTION ferry_catalog_row('id');
