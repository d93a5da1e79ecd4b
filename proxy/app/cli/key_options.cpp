#include "app/cli/key_options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json/parse.hpp>
#include <stdexcept>

#include "access/key_table.hpp"
#include "app/cli/comma_list.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/table.hpp"
#include "app/cli/time_argument.hpp"
#include "base/ascii.hpp"
#include "base/time_text.hpp"
#include "catalog/text_rules.hpp"
#include "net/network_list.hpp"

namespace ferry::app {
namespace {

std::vector<std::string> names_in(const std::optional<std::string>& allowed_models) {
    std::vector<std::string> names;
    boost::system::error_code ignored;
    const auto parsed = boost::json::parse(allowed_models.value_or("[]"), ignored);
    if (!parsed.is_array()) return names;
    for (const auto& name : parsed.get_array()) {
        if (name.is_string()) names.emplace_back(name.get_string());
    }
    return names;
}

void set_time(std::optional<std::int64_t>& column, const std::string& given, std::int64_t now_us) {
    const std::int64_t time = time_argument("--expires", given, now_us, +1);
    if (time <= now_us) {
        refuse_usage(
            fmt::format("--expires {} has passed: the key would never work. To end a key: ferry keys revoke", given));
    }
    column = time;
}

void set_addresses(store::key_row& row, const std::string& given) {
    const auto list = names_between_commas(given);
    if (list.empty()) refuse_usage("--addresses names no network, so the key could do nothing");
    row.allowed_addresses = json_texts(list);
    try {
        const net::network_list checked(names_in(row.allowed_addresses));
    } catch (const std::invalid_argument& wrong) {
        refuse_usage(fmt::format("--addresses: {}", wrong.what()));
    }
}

std::optional<std::string> text_of(std::optional<std::int64_t> number) {
    if (!number) return std::nullopt;
    return std::to_string(*number);
}

}  // namespace

void add_key_options(CLI::App& command, key_options& into) {
    command.add_option("--name", into.name, "What it is for");
    command.add_option("--user", into.user, "Id or name of its user; a new name becomes a new user");
    command.add_option("--team", into.team, "Id or name of its team (default: its user's)");
    command.add_option("--models", into.models,
                       "Model names it may use, with commas; * stands for any letters: 'gpt-*' (default: all)");
    command.add_option("--expires", into.expires, "A time, or a span from now such as 90d (default: never)");
    command.add_option("--addresses", into.addresses,
                       "Networks its requests may come from, with commas: 10.0.0.0/8 (default: all)");
    add_limit_options(command, into.limits);
    command.add_option("--priority", into.priority, "Where requests wait for a model, lower goes first (default: 0)");
    auto* storing = command.add_flag("--store-messages", into.store_messages, "Conversations are kept (the default)");
    command.add_flag("--no-store-messages", into.no_store_messages, "Nothing that is said is kept")->excludes(storing);
}

void add_clearing_options(CLI::App& command, key_options& into) {
    const auto clear = [&command](const char* name, bool& flag, const char* help, const char* other) {
        command.add_flag(name, flag, help)->excludes(command.get_option(other));
    };
    clear("--no-user", into.no_user, "It belongs to nobody", "--user");
    clear("--no-team", into.no_team, "Its team is its user's", "--team");
    clear("--no-models", into.no_models, "It may use all models", "--models");
    clear("--no-expires", into.no_expires, "It never expires", "--expires");
    clear("--no-addresses", into.no_addresses, "Its requests may come from anywhere", "--addresses");
    add_limit_clearing_options(command, into.limits);
}

void apply(const key_options& given, store::key_row& row, std::int64_t now_us) {
    if (given.name) {
        row.name = trimmed(*given.name);
        if (const auto defect = catalog::name_defect(row.name)) refuse_usage("--name " + *defect);
    }
    if (given.models) {
        const auto list = names_between_commas(*given.models);
        if (list.empty()) {
            refuse_usage("--models names no model, so the key could do nothing; without it a key may use all models");
        }
        row.allowed_models = json_texts(list);
    }
    if (given.expires) set_time(row.expires_at_us, *given.expires, now_us);
    if (given.addresses) set_addresses(row, *given.addresses);
    apply(given.limits, row);
    if (given.priority) row.priority = given.priority;
    if (given.store_messages) row.store_messages = true;
    if (given.no_store_messages) row.store_messages = false;
    if (given.no_user) row.user_id.reset();
    if (given.no_team) row.team_id.reset();
    if (given.no_models) row.allowed_models.reset();
    if (given.no_expires) row.expires_at_us.reset();
    if (given.no_addresses) row.allowed_addresses.reset();
}

std::vector<store::column_value> changed_columns(const store::key_row& before, const store::key_row& after) {
    std::vector<store::column_value> columns;
    const auto number = [&columns](const char* name, auto old_value, auto new_value) {
        if (old_value != new_value) columns.push_back({name, text_of(new_value)});
    };
    if (before.name != after.name) columns.push_back({"name", after.name});
    number("user_id", before.user_id, after.user_id);
    number("team_id", before.team_id, after.team_id);
    // As lists: a store may write its JSON with other blanks.
    const auto list = [&columns](const char* name, const auto& old_value, const auto& new_value) {
        const bool is_same =
            old_value.has_value() == new_value.has_value() && names_in(old_value) == names_in(new_value);
        if (!is_same) columns.push_back({name, new_value});
    };
    list("allowed_models", before.allowed_models, after.allowed_models);
    list("allowed_addresses", before.allowed_addresses, after.allowed_addresses);
    if (before.expires_at_us != after.expires_at_us) {
        std::optional<std::string> time;
        if (after.expires_at_us) time = time_text(*after.expires_at_us);
        columns.push_back({"expires_at", std::move(time)});
    }
    add_changed_limits(before, after, columns);
    number("priority", before.priority, after.priority);
    if (before.store_messages != after.store_messages)
        columns.push_back({"store_messages", after.store_messages ? "1" : "0"});
    return columns;
}

std::vector<std::string> models_nobody_serves(const std::optional<std::string>& allowed_models,
                                              const store::catalog_rows& rows) {
    std::vector<std::string> unknown;
    for (const std::string& name : names_in(allowed_models)) {
        access::principal one;
        one.allowed_models = {name};
        if (name.find('*') != std::string::npos) one.model_patterns = {name};
        const auto is_meant = [&one](const auto& each) { return one.may_use(each); };
        const bool is_known = std::any_of(rows.models.begin(), rows.models.end(),
                                          [&](const store::model_row& each) { return is_meant(each.model_name); }) ||
                              std::any_of(rows.routes.begin(), rows.routes.end(),
                                          [&](const store::route_row& each) { return is_meant(each.name); });
        if (!is_known) unknown.push_back(name);
    }
    return unknown;
}

void doubt_key(const key_options& given, const store::key_row& row, store::database& db) {
    if (!given.models) return;
    for (const auto& name : models_nobody_serves(row.allowed_models, db.models()->load_catalog())) {
        fmt::print(stderr, "warning: no model is named {} yet; `ferry models list` and `ferry routes list` show all\n",
                   name);
    }
}

std::string models_text(const std::optional<std::string>& allowed_models) {
    if (!allowed_models) return "all";
    const auto names = names_in(allowed_models);
    return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace ferry::app
