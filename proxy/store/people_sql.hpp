// What is the same in both dialects of what is asked of users and teams.
#pragma once

#include <string>

#include "store/people_store.hpp"

namespace ferry::store {

inline const char* table_of(people of) {
    return of == people::users ? "users" : "teams";
}

// The columns as read_row() takes them, by id. `created_at`: how the time is written there.
inline std::string select_people(people of, const std::string& created_at) {
    const std::string count = "(SELECT count(*) FROM api_keys k LEFT JOIN users u ON u.id = k.user_id WHERE ";
    const bool is_user = of == people::users;
    return std::string("SELECT p.id, p.name, ") + (is_user ? "p.team_id" : "NULL") + ", p.is_enabled, " + count +
           (is_user ? "k.user_id = p.id" : "k.team_id = p.id OR u.team_id = p.id") + "), " + limit_names("p.") + ", " +
           created_at + " FROM " + table_of(of) + " p ORDER BY p.id";
}

// A key works while it, its user, its own team and its user's team are enabled: 1 or 0. Who was deleted is not.
inline constexpr const char* key_works =
    "CASE WHEN k.is_enabled = 1 AND (k.user_id IS NULL OR u.is_enabled = 1)"
    " AND (k.team_id IS NULL OR kt.is_enabled = 1) AND (u.team_id IS NULL OR ut.is_enabled = 1) THEN 1 ELSE 0 END";

// The columns as read_row() takes them. `as_used`: as requests see them, where the team of a key without one is its
// user's, and whoever is disabled has no key that works. `time`: how a column of times is written there.
template <class Time>
std::string select_keys(bool as_used, const Time& time) {
    const char* const team = "coalesce(k.team_id, u.team_id)";
    return std::string("SELECT k.id, k.public_id, k.key_sha256, k.name, k.user_id, ") + (as_used ? team : "k.team_id") +
           ", k.allowed_models, " + limit_names("k.") + ", k.allowed_addresses, " + "k.store_messages, k.priority, " +
           time("k.expires_at") + ", k.rotated_from, " + time("k.grace_until") + ", " +
           (as_used ? key_works : "k.is_enabled") + ", " + time("k.created_at") + ", " + time("k.last_used_at") + ", " +
           limit_names("u.") + ", " + limit_names("t.") +
           " FROM api_keys k LEFT JOIN users u ON u.id = k.user_id LEFT JOIN teams kt ON kt.id = k.team_id"
           " LEFT JOIN teams ut ON ut.id = u.team_id LEFT JOIN teams t ON t.id = " +
           team;
}

}  // namespace ferry::store
