-- Which rows of the catalog's tables changed with which version, so that a change is read row by row. row_id is the id,
-- of model_routes the name. Of the last 10,000 versions: who has seen none of them reads everything.
CREATE TABLE catalog_changes (
    version INTEGER NOT NULL,
    table_name TEXT NOT NULL,
    row_id TEXT NOT NULL,
    PRIMARY KEY (version, table_name, row_id)
) WITHOUT ROWID;

CREATE TRIGGER catalog_version_changed AFTER UPDATE ON catalog_version BEGIN
    DELETE FROM catalog_changes WHERE version <= NEW.version - 10000;
END;

DROP TRIGGER ai_models_inserted;
CREATE TRIGGER ai_models_inserted AFTER INSERT ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'ai_models', NEW.id FROM catalog_version;
END;
DROP TRIGGER ai_models_deleted;
CREATE TRIGGER ai_models_deleted AFTER DELETE ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'ai_models', OLD.id FROM catalog_version;
END;
-- updated_at is not among the columns: setting it alone changes nothing that is served, and the last statement may set
-- it without starting this trigger again.
DROP TRIGGER ai_models_changed;
CREATE TRIGGER ai_models_changed AFTER UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities
ON ai_models BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'ai_models', OLD.id FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'ai_models', NEW.id FROM catalog_version;
    UPDATE ai_models SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id AND updated_at IS OLD.updated_at;
END;

DROP TRIGGER model_routes_inserted;
CREATE TRIGGER model_routes_inserted AFTER INSERT ON model_routes BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'model_routes', NEW.name FROM catalog_version;
END;
DROP TRIGGER model_routes_deleted;
CREATE TRIGGER model_routes_deleted AFTER DELETE ON model_routes BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'model_routes', OLD.name FROM catalog_version;
END;
DROP TRIGGER model_routes_changed;
CREATE TRIGGER model_routes_changed AFTER UPDATE ON model_routes BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'model_routes', OLD.name FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'model_routes', NEW.name FROM catalog_version;
END;

DROP TRIGGER api_keys_inserted;
CREATE TRIGGER api_keys_inserted AFTER INSERT ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', NEW.id FROM catalog_version;
END;
DROP TRIGGER api_keys_deleted;
CREATE TRIGGER api_keys_deleted AFTER DELETE ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', OLD.id FROM catalog_version;
END;
-- last_used_at is not among the columns: every shipped batch sets it.
DROP TRIGGER api_keys_changed;
CREATE TRIGGER api_keys_changed AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, rpm, tpm, max_parallel, budget_pico,
    budget_period, store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
ON api_keys BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', OLD.id FROM catalog_version;
    INSERT OR IGNORE INTO catalog_changes SELECT version, 'api_keys', NEW.id FROM catalog_version;
END;
