#include "app/cli/key_list.hpp"

#include <optional>
#include <vector>

#include "app/cli/table.hpp"
#include "store/time_text.hpp"

namespace ferry::app {
namespace {

std::string state(const store::key_row& row, std::int64_t now_us) {
    if (!row.defect.empty()) return row.defect;
    if (!row.is_enabled) return "revoked";
    if (row.expires_at_us && *row.expires_at_us <= now_us) return "expired";
    if (row.grace_until_us) return *row.grace_until_us <= now_us ? "rotated" : "rotated, still works";
    return "enabled";
}

std::string to_the_second(std::optional<std::int64_t> time_us) {
    constexpr std::size_t length = 19;  // YYYY-MM-DD HH:MM:SS
    return time_us ? store::time_text(*time_us).substr(0, length) : "-";
}

void add_time(json_object& object, const char* name, std::optional<std::int64_t> time_us) {
    time_us ? object.text(name, store::time_text(*time_us)) : object.raw(name, "null");
}
void add_number(json_object& object, const char* name, std::optional<std::int64_t> value) {
    value ? object.number(name, *value) : object.raw(name, "null");
}

std::string as_json(const store::key_row& row) {
    json_object object;
    object.number("id", row.id).text("public_id", row.public_id).text("name", row.name);
    add_number(object, "user_id", row.user_id);
    add_number(object, "team_id", row.team_id);
    object.raw("allowed_models", row.allowed_models.value_or("null"));
    add_time(object, "expires_at", row.expires_at_us);
    add_number(object, "rotated_from", row.rotated_from);
    add_time(object, "grace_until", row.grace_until_us);
    object.flag("is_enabled", row.is_enabled);
    add_time(object, "created_at", row.created_at_us);
    add_time(object, "last_used_at", row.last_used_at_us);
    object.text("defect", row.defect);
    return object.take();
}

}  // namespace

std::string keys_as_table(std::span<const store::key_row> rows, std::int64_t now_us) {
    std::vector<std::vector<std::string>> cells;
    for (const store::key_row& row : rows) {
        cells.push_back({std::to_string(row.id), row.public_id, row.name,
                         row.user_id ? std::to_string(*row.user_id) : "-", row.allowed_models.value_or("all"),
                         to_the_second(row.created_at_us), to_the_second(row.last_used_at_us), state(row, now_us)});
    }
    return aligned_table(
        {{"id", align::right}, {"public id"}, {"name"}, {"user"}, {"models"}, {"created"}, {"last used"}, {"state"}},
        cells);
}

std::string keys_as_json(std::span<const store::key_row> rows) {
    std::vector<std::string> values;
    for (const store::key_row& row : rows) values.push_back(as_json(row));
    return json_array(values);
}

}  // namespace ferry::app
