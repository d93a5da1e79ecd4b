#include "app/cli/usage_dimensions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <stdexcept>

#include "base/time_text.hpp"

namespace ferry::app {
namespace {

using row = store::usage_row;
using id_names = std::map<std::int64_t, std::string>;

constexpr std::size_t length_of_day = 10, length_of_hour = 13;  // YYYY-MM-DD, YYYY-MM-DD HH

std::string local_time_text(std::int64_t time_us) {
    const std::time_t seconds = time_us / 1'000'000;
    std::tm parts{};
    char text[32];
    ::localtime_r(&seconds, &parts);
    return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

usage_report::labeller time_labeller(std::size_t length, bool is_local) {
    return [length, is_local](const row& one) {
        const auto text = is_local ? local_time_text(one.started_at_us) : time_text(one.started_at_us);
        return text.substr(0, length) + (length == length_of_hour ? ":00" : "");
    };
}

// By id and name: two keys may have one name.
std::string label_of(std::optional<std::int64_t> id, const id_names& names) {
    if (!id) return "-";
    const auto known = names.find(*id);
    return fmt::format("{} {}", *id, known == names.end() ? "(removed)" : known->second);
}

std::string or_dash(const std::string& text) {
    return text.empty() ? "-" : text;
}

std::vector<std::int64_t> find(const id_names& names, const std::string& which, const char* what) {
    std::vector<std::int64_t> found;
    for (const auto& [id, name] : names) {
        if (std::to_string(id) == which) return {id};
        if (name == which) found.push_back(id);
    }
    if (!found.empty()) return found;
    throw std::runtime_error(fmt::format("there is no {0} {1}; `ferry {0}s list` shows all", what, which));
}

}  // namespace

std::vector<std::string> usage_dimensions() {
    return {"model", "key", "user", "team", "provider", "day", "hour", "operation", "basis", "end_reason", "tags"};
}

bool is_known_to_sums(std::string_view dimension) {
    return dimension != "tags";
}

usage_names::usage_names(store::database& db) {
    for (const auto& one : db.keys()->list_keys()) {
        keys_[one.id] = one.name;
        public_ids_[one.public_id] = one.id;
    }
    const auto people = db.people();
    for (const auto& one : people->list(store::people::users)) users_[one.id] = one.name;
    for (const auto& one : people->list(store::people::teams)) teams_[one.id] = one.name;
}

usage_report::labeller usage_names::labeller(std::string_view dimension, bool is_local) const {
    if (dimension == "key") return [this](const row& one) { return label_of(one.key_id, keys_); };
    if (dimension == "user") return [this](const row& one) { return label_of(one.user_id, users_); };
    if (dimension == "team") return [this](const row& one) { return label_of(one.team_id, teams_); };
    if (dimension == "day") return time_labeller(length_of_day, is_local);
    if (dimension == "hour") return time_labeller(length_of_hour, is_local);
    if (dimension == "provider") return [](const row& one) { return one.provider; };
    if (dimension == "operation") return [](const row& one) { return one.operation; };
    if (dimension == "basis") return [](const row& one) { return one.basis; };
    if (dimension == "end_reason") return [](const row& one) { return one.end_reason; };
    if (dimension == "tags") return [](const row& one) { return or_dash(one.tags.value_or("")); };
    return [](const row& one) { return one.model_name; };
}

usage_names::ids usage_names::find_keys(const std::string& which) const {
    const auto known = public_ids_.find(which);
    return known != public_ids_.end() ? ids{known->second} : find(keys_, which, "key");
}
usage_names::ids usage_names::find_users(const std::string& which) const {
    return find(users_, which, "user");
}
usage_names::ids usage_names::find_teams(const std::string& which) const {
    return find(teams_, which, "team");
}

void narrow(store::usage_filter& wanted, const usage_choice& choice, const usage_names& names) {
    if (choice.key) wanted.key_ids = names.find_keys(*choice.key);
    if (choice.user) wanted.user_ids = names.find_users(*choice.user);
    if (choice.team) wanted.team_ids = names.find_teams(*choice.team);
    wanted.model_name = choice.model;
    wanted.provider = choice.provider;
    wanted.operation = choice.operation;
}

}  // namespace ferry::app
