-- Keys of users or teams that are disabled, moved or gone change with them: called after a statement, `changed` are the
-- rows it changed or deleted. A change that concerns no key is none of the catalog's. With the rights of its owner, as
-- ferry_catalog_changes().
CREATE FUNCTION ferry_people_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    concerned text := CASE TG_TABLE_NAME
        WHEN 'users' THEN 'k.user_id IN (SELECT id FROM changed)'
        ELSE 'k.team_id IN (SELECT id FROM changed) OR u.team_id IN (SELECT id FROM changed)' END;
    keys bigint[];
    latest bigint;
BEGIN
    EXECUTE format('SELECT array_agg(k.id) FROM %1$I.api_keys k LEFT JOIN %1$I.users u ON u.id = k.user_id WHERE ',
        TG_TABLE_SCHEMA) || concerned INTO keys;
    IF keys IS NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('UPDATE %I.catalog_version SET version = version + 1 RETURNING version', TG_TABLE_SCHEMA)
        INTO latest;
    EXECUTE format('INSERT INTO %I.catalog_changes SELECT $1, ''api_keys'', row_id FROM unnest($2) row_id',
        TG_TABLE_SCHEMA)
        USING latest, CASE WHEN cardinality(keys) > 10000 THEN ARRAY['*'] ELSE keys::text[] END;
    PERFORM pg_notify('ferry_catalog', TG_TABLE_SCHEMA);
    RETURN NULL;
END $$;

CREATE TRIGGER users_changed AFTER UPDATE ON users REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_people_changes();
CREATE TRIGGER users_gone AFTER DELETE ON users REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_people_changes();
CREATE TRIGGER teams_changed AFTER UPDATE ON teams REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_people_changes();
CREATE TRIGGER teams_gone AFTER DELETE ON teams REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION ferry_people_changes();
