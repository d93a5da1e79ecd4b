#include "store/sqlite/keys.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/time_text.hpp"
#include "store/model_columns.hpp"
#include "store/sqlite/readers.hpp"
#include "store/sqlite/row_writer.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

std::optional<std::string> optional_time_text(std::optional<std::int64_t> time_us) {
    if (!time_us) return std::nullopt;
    return time_text(*time_us);
}

std::int64_t insert_key(connection& db, const key_row& key) {
    const std::optional<std::string> expires_at = optional_time_text(key.expires_at_us);
    const std::optional<std::string> grace_until = optional_time_text(key.grace_until_us);
    static const std::string sql =
        "INSERT INTO api_keys (public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses,"
        " store_messages, priority, expires_at, rotated_from, grace_until, is_enabled, " +
        limit_names() + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?" + places_for_limits() + ")";
    query insert = db.prepare(sql.c_str());
    insert.bind(key.public_id).bind(key.key_sha256).bind(key.name).bind(key.user_id).bind(key.team_id);
    insert.bind(key.allowed_models).bind(key.allowed_addresses).bind(key.store_messages).bind(key.priority);
    insert.bind(expires_at).bind(key.rotated_from).bind(grace_until).bind(key.is_enabled);
    bind_limits(insert, key);
    insert.run();
    return db.last_insert_id();
}

keys::names read_names(connection& db, const char* sql) {
    keys::names all;
    query found = db.prepare(sql);
    while (found.step()) all.emplace(found.integer(0), found.text(1));
    return all;
}

}  // namespace

std::vector<key_row> keys::list_keys() {
    return read_keys(link_.get());
}

std::int64_t keys::add_key(const key_row& key) {
    return insert_key(link_.get(), key);
}

bool keys::change_key(std::int64_t id, std::span<const column_value> values) {
    require_key_columns(values);
    return update_row(link_.get(), "api_keys", id, values);
}

bool keys::revoke_key(std::int64_t id) {
    connection& db = link_.get();
    db.prepare("UPDATE api_keys SET is_enabled = 0 WHERE id = ?").bind(id).run();
    return db.changes() == 1;
}

std::int64_t keys::rotate_key(std::int64_t old_id, const key_row& successor, std::int64_t grace_until_us) {
    connection& db = link_.get();
    transaction both(db, transaction::intent::writing);
    const std::string grace_until = time_text(grace_until_us);
    db.prepare("UPDATE api_keys SET grace_until = ? WHERE id = ?").bind(grace_until).bind(old_id).run();
    if (db.changes() != 1) throw row_refused("there is no key " + std::to_string(old_id) + " to rotate");
    const std::int64_t id = insert_key(db, successor);
    both.commit();
    return id;
}

std::int64_t keys::find_or_add_user(const std::string& id_or_name) {
    connection& db = link_.get();
    transaction both(db, transaction::intent::writing);
    std::int64_t id = 0;
    {
        query found = db.prepare("SELECT id FROM users WHERE name = ?1 OR CAST(id AS TEXT) = ?1 ORDER BY name <> ?1");
        if (found.bind(id_or_name).step()) id = found.integer(0);
    }
    if (id == 0) {
        if (is_digits(id_or_name)) throw row_refused("there is no user " + id_or_name + "; give a name to make one");
        db.prepare("INSERT INTO users (name) VALUES (?)").bind(id_or_name).run();
        id = db.last_insert_id();
    }
    both.commit();
    return id;
}

keys::names keys::user_names() {
    return read_names(link_.get(), "SELECT id, name FROM users");
}

}  // namespace ferry::store::sqlite
