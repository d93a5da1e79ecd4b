-- Which rows of the catalog's tables changed with which version, so that a change is read row by row. row_id is the id,
-- of model_routes the name; '' no row (each version has at least this line), '*' all of them. Of the last 10,000
-- changes: who has seen none of them reads everything.
CREATE TABLE catalog_changes (
    version BIGINT NOT NULL,
    table_name TEXT NOT NULL,
    row_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (version, table_name, row_id)
);

-- Called before each statement, as it was. With the rights of its owner: whoever may change a model need not be allowed
-- to write here.
CREATE OR REPLACE FUNCTION ferry_catalog_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    latest bigint;
BEGIN
    EXECUTE format('UPDATE %I.catalog_version SET version = version + 1 RETURNING version', TG_TABLE_SCHEMA)
        INTO latest;
    EXECUTE format('INSERT INTO %I.catalog_changes VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA)
        USING latest, TG_TABLE_NAME, CASE WHEN TG_OP = 'TRUNCATE' THEN '*' ELSE '' END;
    -- Now and then is enough, for it reads 10,000 lines.
    IF latest % 100 = 0 THEN
        EXECUTE format('DELETE FROM %1$I.catalog_changes WHERE version <= (SELECT version FROM %1$I.catalog_changes'
            ' ORDER BY version DESC OFFSET 10000 LIMIT 1)', TG_TABLE_SCHEMA);
    END IF;
    PERFORM pg_notify('ferry_catalog', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;

-- Called after a statement, with the column that names a row: `changed` are the rows it added or deleted. The counter's
-- row is locked by now, so its version is the one of this statement, or of a later one of the same transaction. More rows
-- than the log keeps are noted as all of them.
CREATE FUNCTION ferry_catalog_rows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    named text := CASE WHEN (SELECT count(*) FROM changed) > 10000 THEN quote_literal('*')
        ELSE format('c.%I::text', TG_ARGV[0]) END;
BEGIN
    EXECUTE format('INSERT INTO %1$I.catalog_changes SELECT DISTINCT v.version, %2$L, %3$s'
        ' FROM changed c, %1$I.catalog_version v ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA, TG_TABLE_NAME, named);
    RETURN NULL;
END $$;

-- The same after each row that was updated: rows of an update cannot be had together where only some columns matter.
CREATE FUNCTION ferry_catalog_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    note text := format('INSERT INTO %1$I.catalog_changes SELECT version, %2$L, ($1).%3$I::text'
        ' FROM %1$I.catalog_version ON CONFLICT DO NOTHING', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_ARGV[0]);
BEGIN
    EXECUTE note USING OLD;
    EXECUTE note USING NEW;
    RETURN NULL;
END $$;

CREATE TRIGGER ai_models_rows_added AFTER INSERT ON ai_models REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_rows('id');
CREATE TRIGGER ai_models_rows_gone AFTER DELETE ON ai_models REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_rows('id');
-- The columns are those of ai_models_update: without a version of its own a change is not noted.
CREATE TRIGGER ai_models_row_update AFTER UPDATE OF
    id, model_name, display_name, provider, api_endpoint, api_key, cost_per_1k_tokens, is_enabled, created_at,
    upstream_model, input_cost_per_1k, output_cost_per_1k, cached_input_cost_per_1k, currency, priority, weight,
    fallback_model, auth_scheme, extra_headers, extra_body, proxy, connect_timeout_ms, first_byte_timeout_ms,
    idle_timeout_ms, total_timeout_ms, max_context_tokens, capabilities
    ON ai_models FOR EACH ROW EXECUTE FUNCTION ferry_catalog_row('id');

CREATE TRIGGER model_routes_rows_added AFTER INSERT ON model_routes REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_rows('name');
CREATE TRIGGER model_routes_rows_gone AFTER DELETE ON model_routes REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_rows('name');
CREATE TRIGGER model_routes_row_update AFTER UPDATE ON model_routes
    FOR EACH ROW EXECUTE FUNCTION ferry_catalog_row('name');

CREATE TRIGGER api_keys_rows_added AFTER INSERT ON api_keys REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_rows('id');
CREATE TRIGGER api_keys_rows_gone AFTER DELETE ON api_keys REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_catalog_rows('id');
CREATE TRIGGER api_keys_row_update AFTER UPDATE OF
    id, public_id, key_sha256, name, user_id, team_id, allowed_models, rpm, tpm, max_parallel, budget_pico,
    budget_period, store_messages, expires_at, rotated_from, grace_until, is_enabled, created_at
    ON api_keys FOR EACH ROW EXECUTE FUNCTION ferry_catalog_row('id');
