#include "app/cli/import/one_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "access/api_key.hpp"
#include "app/cli/import/amounts.hpp"
#include "app/cli/table.hpp"
#include "base/ascii.hpp"
#include "base/decimal.hpp"
#include "net/network_list.hpp"

namespace ferry::app::takeover {
namespace {

struct one_api {
    one_api_kind which = one_api_kind::one_api;
    std::int64_t now_us = 0;
    one_api_prices prices;
    one_api_channels channels;
    std::map<std::string, std::string> group_of_user;  // by the user's id
    std::set<std::string> groups_used;
    bool has_users = false;  // there is a table of them
};

enum status : std::int64_t { enabled = 1, disabled = 2, expired = 3, exhausted = 4 };

// Money that `quota` buys; nothing for what does not fit.
std::optional<std::int64_t> worth_of(std::int64_t quota, const one_api_prices& prices) {
    const int128 pico = static_cast<int128>(std::max<std::int64_t>(quota, 0)) * prices.pico_per_quota;
    if (pico > INT64_MAX) return std::nullopt;
    return static_cast<std::int64_t>(pico);
}

bool is_deleted(const source_row& row) {
    return !row.text("deleted_at").empty();
}

void read_user(const source_row& row, one_api& all, plan& into) {
    person user;
    user.from = origin_of(row, "id");
    user.ref = row.text("id");
    if (user.ref.empty()) return into.leave_out(user.from, "the row", "it has no id");
    user.name = usable_name(row.text("username"), "user", user.ref);
    const auto state = row.number("status").value_or(enabled);
    constexpr std::int64_t deleted = 3;  // of users
    if (is_deleted(row) || state == deleted) return into.leave_out(user.from, user.name, "it was deleted there");
    user.is_enabled = state == enabled;
    const auto group = row.text("group");
    all.group_of_user[user.ref] = group.empty() ? "default" : group;
    if (const auto quota = row.number("quota")) {
        if (const auto worth = worth_of(*quota, all.prices)) {
            user.limits.budget_pico = *worth;
            user.limits.budget_period = "total";
        } else {
            into.leave_out(user.from, "quota", "it is more than can be kept here, and so without limit");
        }
    }
    into.users.push_back(std::move(user));
}

// Why a key that is not enabled there is not, "" if it is.
std::string state_of(const source_row& row, std::int64_t now_us) {
    constexpr std::int64_t second = 1'000'000;
    const auto expires = row.number("expired_time");
    if (row.text("expired_time") != "-1" && expires && *expires > 0 && *expires <= now_us / second)
        return "it has expired";
    switch (row.number("status").value_or(enabled)) {
        case expired:
            return "it has expired";
        case exhausted:
            return "its quota is used up";
        default:
            return !row.flag("unlimited_quota") && row.number("remain_quota").value_or(1) <= 0 ? "its quota is used up"
                                                                                               : "";
    }
}

// The networks it works from, none for all. False where they cannot be read.
bool read_addresses(const source_row& row, client_key& key) {
    auto entries = entries_of(row.text("subnet").empty() ? row.text("allow_ips") : row.text("subnet"));
    if (entries.empty()) return true;
    try {
        const net::network_list checked(entries);
    } catch (const std::invalid_argument&) {
        return false;
    }
    for (auto& one : entries) {
        if (one.find('/') == std::string::npos) one += one.find(':') == std::string::npos ? "/32" : "/128";
    }
    key.row.allowed_addresses = json_texts(entries);
    return true;
}

// What the key names, and of that what its group has.
std::optional<std::vector<std::string>> models_of(const source_row& row, const client_key& key, one_api& all) {
    const bool is_limited = all.which == one_api_kind::one_api || row.flag("model_limits_enabled");
    auto own = entries_of(row.text(all.which == one_api_kind::one_api ? "models" : "model_limits"));
    auto group = row.text("group");
    if (const auto user = all.group_of_user.find(key.user_ref); group.empty() && user != all.group_of_user.end())
        group = user->second;
    if (!is_limited) own.clear();
    const auto found = all.channels.models_of_group.find(group);
    if (!group.empty()) all.groups_used.insert(group);
    if (all.channels.models.empty() || group.empty() || group == "auto" ||
        (found != all.channels.models_of_group.end() && found->second == all.channels.models)) {
        return own.empty() ? std::nullopt : std::optional(std::move(own));
    }
    const auto groups_own = found == all.channels.models_of_group.end() ? std::set<std::string>() : found->second;
    if (own.empty()) return std::vector<std::string>(groups_own.begin(), groups_own.end());
    own.erase(std::remove_if(own.begin(), own.end(), [&](const auto& name) { return groups_own.count(name) == 0; }),
              own.end());
    return own;
}

void set_budget(const source_row& row, client_key& key, const one_api& all, plan& into) {
    const auto quota = row.number("remain_quota");
    if (row.flag("unlimited_quota") || !quota) return;
    key.row.budget_pico = worth_of(*quota, all.prices);
    if (key.row.budget_pico) {
        key.row.budget_period = "total";
    } else {
        into.leave_out(key.from, "remain_quota", "it is more than can be kept here, and so without limit");
    }
}

void read_token(const source_row& row, one_api& all, plan& into) {
    constexpr std::int64_t second = 1'000'000;
    client_key key;
    auto& made = key.row;
    key.from = origin_of(row, "id");
    made.name = usable_name(row.text("name"), "token", row.text("id"));
    auto text = row.text("key");
    if (!text.starts_with("sk-")) text = "sk-" + text;
    if (is_deleted(row)) return into.leave_out(key.from, made.name, "it was deleted there");
    if (const auto defect = access::import_defect(text)) {
        return into.leave_out(key.from, made.name, "its key cannot be one here: " + *defect);
    }
    made.key_sha256 = access::sha256_hex(text);
    made.public_id = access::public_id(text);
    if (const auto why = state_of(row, all.now_us); !why.empty()) return into.leave_out(key.from, made.name, why);
    made.is_enabled = row.number("status").value_or(enabled) == enabled;
    key.user_ref = row.text("user_id");
    if (all.has_users && all.group_of_user.count(key.user_ref) == 0)
        return into.leave_out(key.from, made.name, "its user is not there, so it does not work there either");
    const auto expires = row.number("expired_time");
    if (row.text("expired_time") != "-1" && !row.text("expired_time").empty()) {
        if (!expires || *expires > INT64_MAX / second) {
            return into.leave_out(key.from, made.name, "its expired_time is no time");
        }
        if (*expires > 0) made.expires_at_us = *expires * second;
    }
    if (const auto models = models_of(row, key, all)) made.allowed_models = json_texts(*models);
    if (!read_addresses(row, key))
        return into.leave_out(key.from, made.name, "the addresses it may come from are no list of networks");
    set_budget(row, key, all, into);
    into.keys.push_back(std::move(key));
}

void note_groups(const one_api& all, plan& into) {
    const origin from{one_api_tables().options, "GroupRatio"};
    for (const auto& group : all.groups_used) {
        const auto ratio = all.prices.groups.find(group);
        if (ratio == all.prices.groups.end() || scaled(ratio->second, 6) == 1'000'000) continue;
        into.leave_out(from, "group " + group,
                       fmt::format("its users pay {} times the price; here a model costs all the same", ratio->second));
    }
    for (const auto& [group, models] : all.channels.models_of_group) {
        if (models == all.channels.models) continue;
        into.leave_out(
            {one_api_tables().models, "group"}, "group " + group,
            "its keys are limited to its models as they are now; which of a model's channels they use is not");
    }
}

void require_kind(const std::map<std::string, store::foreign_table>& tables, one_api_kind which) {
    const auto tokens = tables.find(one_api_tables().keys);
    if (tokens == tables.end()) return;
    const auto& columns = tokens->second.columns;
    const bool is_new = std::find(columns.begin(), columns.end(), "model_limits") != columns.end();
    if (is_new == (which == one_api_kind::new_api)) return;
    throw std::runtime_error(is_new ? "the table tokens has new-api's columns: give --from new-api"
                                    : "the table tokens has no column model_limits, as new-api's has: give --from "
                                      "one-api");
}

}  // namespace

const table_names& one_api_tables() {
    static const table_names names{"tokens", "users", "", "channels", "options", "abilities"};
    return names;
}

plan read_one_api(const std::map<std::string, store::foreign_table>& tables, one_api_kind which, std::int64_t now_us) {
    require_kind(tables, which);
    plan made;
    one_api all;
    all.which = which;
    all.now_us = now_us;
    all.prices = read_one_api_prices(tables, made);
    all.channels = read_one_api_channels(tables, which, all.prices, made);
    all.has_users = tables.count(one_api_tables().users) != 0;
    each_row(tables, one_api_tables().users, made, [&](const source_row& row) { read_user(row, all, made); });
    each_row(tables, one_api_tables().keys, made, [&](const source_row& row) { read_token(row, all, made); });
    for (const auto& key : made.keys) require_person(made.users, key.user_ref, key.from);
    make_names_unique(made.users, "user");
    note_groups(all, made);
    if (!made.keys.empty()) {
        made.leave_out({one_api_tables().keys, "-"}, "other spellings of keys",
                       "clients send sk-KEY; KEY without sk- and sk-KEY-CHANNEL are refused here");
    }
    return made;
}

}  // namespace ferry::app::takeover
