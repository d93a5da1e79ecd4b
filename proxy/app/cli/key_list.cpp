#include "app/cli/key_list.hpp"

#include <optional>
#include <vector>

#include "app/cli/key_options.hpp"
#include "app/cli/limit_options.hpp"
#include "app/cli/table.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

using people_by_id = std::map<std::int64_t, store::person_row>;

bool is_stopped(std::optional<std::int64_t> id, const people_by_id& people) {
    if (!id) return false;
    const auto found = people.find(*id);
    return found == people.end() || !found->second.is_enabled;
}

std::string state(const store::key_row& row, const key_owners& owners, std::int64_t now_us) {
    if (!row.defect.empty()) return row.defect;
    if (!row.is_enabled) return "revoked";
    if (is_stopped(row.user_id, owners.users)) return "user disabled";
    const auto user = row.user_id ? owners.users.find(*row.user_id) : owners.users.end();
    const bool is_team_stopped = user != owners.users.end() && is_stopped(user->second.team_id, owners.teams);
    if (is_team_stopped || is_stopped(row.team_id, owners.teams)) return "team disabled";
    if (row.expires_at_us && *row.expires_at_us <= now_us) return "expired";
    if (row.grace_until_us) return *row.grace_until_us <= now_us ? "rotated" : "rotated, still works";
    return "enabled";
}

// UTC.
std::string to_the_minute(std::optional<std::int64_t> time_us, const char* none) {
    constexpr std::size_t length = 16;  // YYYY-MM-DD HH:MM
    return time_us ? time_text(*time_us).substr(0, length) : none;
}

std::string name_of(std::optional<std::int64_t> id, const people_by_id& people) {
    if (!id) return "-";
    const auto known = people.find(*id);
    return known == people.end() ? std::to_string(*id) + " (removed)" : known->second.name;
}

std::string owner(const store::key_row& row, const key_owners& owners) {
    const auto user = name_of(row.user_id, owners.users);
    if (!row.team_id) return user;
    return (row.user_id ? user + ", " : std::string()) + "team " + name_of(row.team_id, owners.teams);
}

void add_time(json_object& object, const char* name, std::optional<std::int64_t> time_us) {
    time_us ? object.text(name, time_text(*time_us)) : object.raw(name, "null");
}

void add_name(json_object& object, const char* name, std::optional<std::int64_t> id, const people_by_id& people) {
    const auto known = id ? people.find(*id) : people.end();
    known == people.end() ? object.raw(name, "null") : object.text(name, known->second.name);
}

std::string as_json(const store::key_row& row, const key_owners& owners, const limit_uses& uses) {
    json_object object;
    object.number("id", row.id).text("public_id", row.public_id).text("name", row.name);
    object.number_or_null("user_id", row.user_id);
    add_name(object, "user", row.user_id, owners.users);
    object.number_or_null("team_id", row.team_id);
    add_name(object, "team", row.team_id, owners.teams);
    object.raw("allowed_models", row.allowed_models.value_or("null"));
    object.raw("allowed_addresses", row.allowed_addresses.value_or("null"));
    add_limits(object, row, uses.of("key", row.id, row));
    object.flag("store_messages", row.store_messages);
    object.number("priority", row.priority.value_or(0));
    add_time(object, "expires_at", row.expires_at_us);
    object.number_or_null("rotated_from", row.rotated_from);
    add_time(object, "grace_until", row.grace_until_us);
    object.flag("is_enabled", row.is_enabled);
    add_time(object, "created_at", row.created_at_us);
    add_time(object, "last_used_at", row.last_used_at_us);
    object.text("defect", row.defect);
    return object.take();
}

}  // namespace

key_owners read_owners(store::people_store& people) {
    key_owners owners;
    for (auto& row : people.list(store::people::users)) owners.users.emplace(row.id, row);
    for (auto& row : people.list(store::people::teams)) owners.teams.emplace(row.id, row);
    return owners;
}

std::string keys_as_table(std::span<const store::key_row> rows, const key_owners& owners, const limit_uses& uses,
                          std::int64_t now_us) {
    std::vector<std::vector<std::string>> cells;
    for (const store::key_row& row : rows) {
        cells.push_back({std::to_string(row.id), row.public_id, row.name, owner(row, owners),
                         models_text(row.allowed_models), limits_text(row, uses.of("key", row.id, row)),
                         to_the_minute(row.expires_at_us, "never"), to_the_minute(row.last_used_at_us, "-"),
                         state(row, owners, now_us)});
    }
    return aligned_table({{"id", align::right},
                          {"public id"},
                          {"name"},
                          {"user"},
                          {"models"},
                          {"limits"},
                          {"expires (UTC)"},
                          {"last used (UTC)"},
                          {"state"}},
                         cells);
}

std::string keys_as_json(std::span<const store::key_row> rows, const key_owners& owners, const limit_uses& uses) {
    std::vector<std::string> values;
    for (const store::key_row& row : rows) values.push_back(as_json(row, owners, uses));
    return json_array(values);
}

}  // namespace ferry::app
