#include "app/cli/import/litellm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "access/api_key.hpp"
#include "access/principal.hpp"
#include "app/cli/import/amounts.hpp"
#include "app/cli/table.hpp"
#include "base/ascii.hpp"
#include "base/decimal.hpp"
#include "base/time_text.hpp"
#include "catalog/json_members.hpp"

namespace ferry::app::takeover {
namespace {

using names = std::vector<std::string>;

// Which models somebody may use; nothing: all.
using allowed = std::optional<names>;

constexpr std::string_view all_models = "all-proxy-models", teams_models = "all-team-models",
                           no_models = "no-default-models", dashboard = "litellm-dashboard";

struct gateway {
    std::map<std::string, allowed> teams, users;  // by id
    std::map<std::string, names> groups;          // access groups of models
};

allowed allowed_of(const std::string& written, const gateway& all) {
    const auto entries = entries_of(written);
    if (entries.empty()) return std::nullopt;
    names found;
    for (const auto& one : entries) {
        if (one == all_models || one == "*") return std::nullopt;
        if (one == teams_models || one == no_models) continue;
        const auto group = all.groups.find(one);
        if (group == all.groups.end()) {
            found.push_back(one);
        } else {
            found.insert(found.end(), group->second.begin(), group->second.end());
        }
    }
    // "All of the team's" alone is no limit beside the team's own.
    const bool is_team = std::find(entries.begin(), entries.end(), teams_models) != entries.end();
    if (is_team) return std::nullopt;
    return found;
}

bool covers(const names& list, const std::string& name) {
    return std::any_of(list.begin(), list.end(), [&name](const std::string& each) {
        access::principal one;
        one.allowed_models = {each};
        if (each.find('*') != std::string::npos) one.model_patterns = {each};
        return each == name || one.may_use(name);
    });
}

allowed both(const allowed& one, const allowed& other) {
    if (!one || !other) return one ? one : other;
    std::set<std::string> found;
    for (const auto& name : *one) {
        if (covers(*other, name)) found.insert(name);
    }
    for (const auto& name : *other) {
        if (covers(*one, name)) found.insert(name);
    }
    return names(found.begin(), found.end());
}

std::optional<std::int64_t> limit_of(const source_row& row, std::string_view column, const origin& from, plan& into) {
    if (row.text(column).empty()) return std::nullopt;
    const auto number = row.number(column);
    if (!number || *number < 0) into.leave_out(from, std::string(column), "it is no whole number");
    return number && *number >= 0 ? number : std::nullopt;
}

// A budget without a period is for ever, so what was spent of it is gone; one with a period begins anew here.
void read_budget(const source_row& row, const origin& from, store::limit_columns& read, plan& into) {
    read.budget_pico = budget_of(row, "max_budget", from, into);
    if (!read.budget_pico) return;
    const auto span = row.text("budget_duration");
    if (span.empty()) {
        const auto spent = scaled(row.text("spend"), money_scale).value_or(0);
        read.budget_pico = std::max<std::int64_t>(*read.budget_pico - spent, 0);
        read.budget_period = "total";
        return;
    }
    const auto chosen = period_of(span);
    read.budget_period = chosen ? chosen->name : "month";
    if (!chosen || !chosen->is_exact) {
        into.leave_out(from, "budget_duration",
                       fmt::format("{} is none of hour, day, week and month; the budget is taken for each {}", span,
                                   *read.budget_period));
    }
}

store::limit_columns limits_of(const source_row& row, const origin& from, plan& into) {
    store::limit_columns read;
    read.rpm = limit_of(row, "rpm_limit", from, into);
    read.tpm = limit_of(row, "tpm_limit", from, into);
    read.max_parallel = limit_of(row, "max_parallel_requests", from, into);
    read_budget(row, from, read, into);
    return read;
}

template <std::size_t N>
void note_columns(const source_row& row, const origin& from, const std::array<std::string_view, N>& unknown,
                  plan& into) {
    for (const auto column : unknown) {
        if (row.says(column)) into.leave_out(from, std::string(column), "Ferry has nothing of the kind");
    }
}

constexpr auto not_of_people =
    std::to_array<std::string_view>({"soft_budget", "model_max_budget", "budget_limits", "router_settings",
                                     "object_permission_id", "policies", "organization_id"});
constexpr auto not_of_keys =
    std::to_array<std::string_view>({"aliases", "config", "permissions", "allowed_routes", "allowed_cache_controls",
                                     "policies", "model_max_budget", "budget_limits", "budget_id", "router_settings",
                                     "object_permission_id", "organization_id", "project_id", "auto_rotate"});

void read_team(const source_row& row, gateway& all, plan& into) {
    person team;
    team.from = origin_of(row, "team_id");
    team.ref = row.text("team_id");
    if (team.ref.empty()) return into.leave_out(team.from, "the row", "it has no team_id");
    team.name = usable_name(row.text("team_alias"), "team", team.ref);
    team.is_enabled = !row.flag("blocked");
    team.limits = limits_of(row, team.from, into);
    note_columns(row, team.from, not_of_people, into);
    all.teams[team.ref] = allowed_of(row.text("models"), all);
    into.teams.push_back(std::move(team));
}

void read_user(const source_row& row, gateway& all, plan& into) {
    person user;
    user.from = origin_of(row, "user_id");
    user.ref = row.text("user_id");
    if (user.ref.empty()) return into.leave_out(user.from, "the row", "it has no user_id");
    const auto alias = row.text("user_alias"), email = row.text("user_email");
    user.name = usable_name(alias.empty() ? email : alias, "user", user.ref);
    if (user.name == "user-" + user.ref) user.name = usable_name(user.ref, "user", user.ref);
    user.limits = limits_of(row, user.from, into);
    note_columns(row, user.from, not_of_people, into);
    all.users[user.ref] = allowed_of(row.text("models"), all);
    into.users.push_back(std::move(user));
}

// The hash; old versions kept the key itself.
std::optional<access::sha256_digest> digest_of(const std::string& token) {
    if (token.starts_with("sk-") && !access::import_defect(token)) return access::sha256(token);
    return access::parse_sha256_hex(token);
}

std::string hex_of(const access::sha256_digest& digest) {
    std::string hex;
    for (const auto byte : digest) append_hex(hex, byte);
    return hex;
}

// The time of `expires`, which PostgreSQL writes with hours alone for an offset.
std::optional<std::int64_t> time_of(std::string written) {
    const auto sign = written.find_last_of("+-");
    if (sign != std::string::npos && sign > 10 && written.size() - sign == 3) written += ":00";
    return parse_time(written);
}

void note_metadata(const source_row& row, const origin& from, plan& into) {
    const auto written = row.text("metadata");
    for (const auto& member : catalog::split_members(written).value_or(std::vector<catalog::json_member>())) {
        if (member.value == "null" || member.value == "{}" || member.value == "[]") continue;
        into.leave_out(from, "metadata: " + member.name, "Ferry has nothing of the kind");
    }
}

// A key of a team is bound by the team's models, any other by its user's.
allowed models_of(const source_row& row, const client_key& key, const gateway& all, plan& into) {
    const auto own = allowed_of(row.text("models"), all);
    const auto& ref = key.team_ref.empty() ? key.user_ref : key.team_ref;
    const auto& whose = key.team_ref.empty() ? all.users : all.teams;
    if (ref.empty()) return own;
    const auto found = whose.find(ref);
    if (found != whose.end()) return both(own, found->second);
    into.leave_out(key.from, fmt::format("the models of its {}", key.team_ref.empty() ? "user" : "team"),
                   fmt::format("no table describes {}, so nothing of it limits the key", ref));
    return own;
}

// What tells rows apart: their token is nothing to show.
std::string key_name_of(const source_row& row, const std::string& hash) {
    const auto alias = row.text("key_alias");
    return usable_name(alias.empty() ? row.text("key_name") : alias, "litellm", hash.substr(0, 8));
}

void read_key(const source_row& row, const gateway& all, std::int64_t now_us, plan& into) {
    client_key key;
    auto& made = key.row;
    const auto digest = digest_of(row.text("token"));
    key.from = {row.table(), row.line() == 0 ? row.text("key_alias") : fmt::format("line {}", row.line())};
    if (!digest) return into.leave_out(key.from, "the key", "its token is no SHA-256");
    made.key_sha256 = hex_of(*digest);
    made.public_id = access::imported_public_id(*digest);
    made.name = key_name_of(row, made.key_sha256);
    key.from.row = made.name + (row.line() == 0 ? "" : fmt::format(" ({})", key.from.row));
    key.user_ref = row.text("user_id");
    key.team_ref = row.text("team_id");
    if (key.team_ref == dashboard) return into.leave_out(key.from, made.name, "it is a login of LiteLLM's dashboard");
    if (const auto written = row.text("expires"); !written.empty()) {
        made.expires_at_us = time_of(written);
        if (!made.expires_at_us) return into.leave_out(key.from, made.name, "its `expires` is no time");
        if (*made.expires_at_us <= now_us) return into.leave_out(key.from, made.name, "it has expired");
    }
    made.is_enabled = !row.flag("blocked");
    if (const auto models = models_of(row, key, all, into)) made.allowed_models = json_texts(*models);
    static_cast<store::limit_columns&>(made) = limits_of(row, key.from, into);
    note_columns(row, key.from, not_of_keys, into);
    note_metadata(row, key.from, into);
    into.keys.push_back(std::move(key));
}

void read_groups(const source_row& row, gateway& all) {
    const auto info = row.text("model_info");
    for (const auto& member : catalog::split_members(info).value_or(std::vector<catalog::json_member>())) {
        if (member.name != "access_groups") continue;
        for (const auto& group : entries_of(member.value)) all.groups[group].push_back(row.text("model_name"));
    }
}

}  // namespace

const table_names& litellm_tables() {
    static const table_names names{
        "LiteLLM_VerificationToken", "LiteLLM_UserTable", "LiteLLM_TeamTable", "LiteLLM_ProxyModelTable", "", ""};
    return names;
}

plan read_litellm(const std::map<std::string, store::foreign_table>& tables, std::int64_t now_us) {
    plan made;
    gateway all;
    const auto& from = litellm_tables();
    each_row(tables, from.models, made, [&](const source_row& row) {
        read_groups(row, all);
        read_litellm_model(row, made);
    });
    each_row(tables, from.teams, made, [&](const source_row& row) { read_team(row, all, made); });
    each_row(tables, from.users, made, [&](const source_row& row) { read_user(row, all, made); });
    each_row(tables, from.keys, made, [&](const source_row& row) { read_key(row, all, now_us, made); });
    for (const auto& key : made.keys) {
        require_person(made.teams, key.team_ref, key.from);
        require_person(made.users, key.user_ref, key.from);
    }
    make_names_unique(made.teams, "team");
    make_names_unique(made.users, "user");
    made.leave_out({"-", "-"}, "the master key",
                   "it stands in LiteLLM's configuration alone: ferry keys create --name master --import -");
    return made;
}

}  // namespace ferry::app::takeover
