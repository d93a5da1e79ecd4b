#include "store/postgres/keys.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/time_text.hpp"
#include "store/model_columns.hpp"
#include "store/postgres/readers.hpp"
#include "store/postgres/row_writer.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {
namespace {

std::string time_literal(std::optional<std::int64_t> time_us) {
    return time_us ? "'" + time_text(*time_us) + "+00'" : "NULL";
}

std::int64_t insert_key(pqxx::work& in, const key_row& key) {
    const std::string values[] = {in.quote(key.public_id),
                                  in.quote(key.key_sha256),
                                  in.quote(key.name),
                                  literal(key.user_id),
                                  literal(key.team_id),
                                  literal(in, key.allowed_models),
                                  literal(in, key.allowed_addresses),
                                  key.store_messages ? "1" : "0",
                                  literal(key.priority),
                                  time_literal(key.expires_at_us),
                                  literal(key.rotated_from),
                                  time_literal(key.grace_until_us),
                                  key.is_enabled ? "1" : "0"};
    std::string joined;
    for (const std::string& value : values) joined.append(joined.empty() ? "" : ", ").append(value);
    const auto added = in.exec(
        "INSERT INTO api_keys (public_id, key_sha256, name, user_id, team_id, allowed_models, allowed_addresses,"
        " store_messages, priority, expires_at, rotated_from, grace_until, is_enabled, " +
        limit_names() + ") VALUES (" + joined + limit_literals(in, key) + ") RETURNING id");
    return added[0][0].as<std::int64_t>();
}

keys::names read_names(pqxx::work& in, const std::string& table) {
    keys::names all;
    for (const auto& row : in.exec("SELECT id, name FROM " + table)) {
        all.emplace(row[0].as<std::int64_t>(), row[1].as<std::string>());
    }
    return all;
}

}  // namespace

std::vector<key_row> keys::list_keys() {
    return link_.run(access::reading, "read the keys", [](pqxx::work& in) { return read_keys(in); });
}

std::int64_t keys::add_key(const key_row& key) {
    return link_.run(access::writing, "add the key", [&key](pqxx::work& in) { return insert_key(in, key); });
}

bool keys::change_key(std::int64_t id, std::span<const column_value> values) {
    require_key_columns(values);
    return link_.run(access::writing, "change the key",
                     [id, values](pqxx::work& in) { return update_row(in, "api_keys", id, values); });
}

bool keys::revoke_key(std::int64_t id) {
    return link_.run(access::writing, "revoke the key", [id](pqxx::work& in) {
        return in.exec("UPDATE api_keys SET is_enabled = 0 WHERE id = " + std::to_string(id)).affected_rows() == 1;
    });
}

std::int64_t keys::rotate_key(std::int64_t old_id, const key_row& successor, std::int64_t grace_until_us) {
    return link_.run(access::writing, "rotate the key", [&](pqxx::work& in) {
        const auto changed = in.exec("UPDATE api_keys SET grace_until = " + time_literal(grace_until_us) +
                                     " WHERE id = " + std::to_string(old_id));
        if (changed.affected_rows() != 1) {
            throw row_refused("there is no key " + std::to_string(old_id) + " to rotate");
        }
        return insert_key(in, successor);
    });
}

std::int64_t keys::find_or_add_user(const std::string& id_or_name) {
    return link_.run(access::writing, "look up the user", [&id_or_name](pqxx::work& in) {
        const std::string wanted = in.quote(id_or_name);
        const auto found = in.exec("SELECT id FROM users WHERE name = " + wanted + " OR id::text = " + wanted +
                                   " ORDER BY name <> " + wanted + " LIMIT 1");
        if (!found.empty()) return found[0][0].as<std::int64_t>();
        if (is_digits(id_or_name)) throw row_refused("there is no user " + id_or_name + "; give a name to make one");
        // Nothing is changed by the update but that the row is given back, if another made it just now.
        const auto added = in.exec("INSERT INTO users (name) VALUES (" + wanted +
                                   ") ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id");
        return added[0][0].as<std::int64_t>();
    });
}

keys::names keys::user_names() {
    return link_.run(access::reading, "read the users", [](pqxx::work& in) { return read_names(in, "users"); });
}

}  // namespace ferry::store::postgres
