-- Keys of a user or team that is disabled, moved or gone change with it. A change that concerns no key is none of the
-- catalog's.
CREATE TRIGGER users_changed AFTER UPDATE OF id, team_id, is_enabled ON users
WHEN EXISTS (SELECT 1 FROM api_keys WHERE user_id IN (OLD.id, NEW.id)) BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', k.id FROM catalog_version, api_keys k
        WHERE k.user_id IN (OLD.id, NEW.id);
END;
CREATE TRIGGER users_deleted AFTER DELETE ON users
WHEN EXISTS (SELECT 1 FROM api_keys WHERE user_id = OLD.id) BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', k.id FROM catalog_version, api_keys k
        WHERE k.user_id = OLD.id;
END;
CREATE TRIGGER teams_changed AFTER UPDATE OF id, is_enabled ON teams
WHEN EXISTS (SELECT 1 FROM api_keys k LEFT JOIN users u ON u.id = k.user_id
    WHERE k.team_id IN (OLD.id, NEW.id) OR u.team_id IN (OLD.id, NEW.id)) BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', k.id FROM catalog_version, api_keys k
        LEFT JOIN users u ON u.id = k.user_id
        WHERE k.team_id IN (OLD.id, NEW.id) OR u.team_id IN (OLD.id, NEW.id);
END;
CREATE TRIGGER teams_deleted AFTER DELETE ON teams
WHEN EXISTS (SELECT 1 FROM api_keys WHERE team_id = OLD.id) BEGIN
    UPDATE catalog_version SET version = version + 1;
    INSERT INTO catalog_changes SELECT version, 'api_keys', k.id FROM catalog_version, api_keys k
        WHERE k.team_id = OLD.id;
END;
