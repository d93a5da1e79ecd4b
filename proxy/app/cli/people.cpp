#include "app/cli/people.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "app/cli/action.hpp"
#include "app/cli/limit_options.hpp"
#include "app/cli/limit_use.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "base/ascii.hpp"
#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::app {
namespace {

using store::people;
using store::person_row;

struct people_request {
    people of = people::users;
    std::string which;  // id or name
    std::optional<std::string> name, team;
    bool no_team = false, disabled = false;
    limit_options limits;
    bool json = false;
};

const char* word_of(people of) {
    return of == people::users ? "user" : "team";
}

std::string checked_name(const char* option, const std::string& given) {
    std::string name(trimmed(given));
    if (const auto defect = catalog::name_defect(name)) refuse_usage(fmt::format("{} {}", option, *defect));
    if (is_digits(name)) refuse_usage(fmt::format("{} {}: digits alone would be taken for an id", option, name));
    return name;
}

std::optional<std::int64_t> team_of(store::people_store& store, const std::optional<std::string>& which) {
    if (!which) return std::nullopt;
    return find_person(store, people::teams, *which).id;
}

void require_free(store::people_store& store, people of, const std::string& name) {
    for (const auto& row : store.list(of)) {
        if (row.name != name) continue;
        throw std::runtime_error(fmt::format("there is a {} {} already, number {}", word_of(of), name, row.id));
    }
}

void print_done(const people_request& request, std::int64_t id, std::string_view name, std::string_view done) {
    if (request.json) {
        fmt::print("{}\n", json_object().number("id", id).text("name", std::string(name)).take());
    } else {
        fmt::print("{} {} \"{}\" {}\n", word_of(request.of), id, name, done);
    }
}

void run_add(const cli_context& context, const people_request& request) {
    person_row row;
    row.name = checked_name("the name", request.which);
    row.is_enabled = !request.disabled;
    apply(request.limits, row);
    const auto store = ready_store(context)->people();
    row.team_id = team_of(*store, request.team);
    require_free(*store, request.of, row.name);
    print_done(request, store->add(request.of, row), row.name, "added");
}

void run_set(const cli_context& context, const people_request& request) {
    const bool says_team = request.team || request.no_team;
    if (!request.name && !says_team && request.limits == limit_options()) {
        refuse_usage(fmt::format("{}s set needs something to change: --name, {}a limit or a budget",
                                 word_of(request.of), request.of == people::users ? "--team, --no-team, " : ""));
    }
    const auto name = request.name ? checked_name("--name", *request.name) : std::string();
    person_row checked;
    apply(request.limits, checked);  // so that nonsense is refused before anything is looked up
    const auto store = ready_store(context)->people();
    const auto before = find_person(*store, request.of, request.which);
    auto after = before;
    apply(request.limits, after);
    std::vector<store::column_value> columns;
    if (request.name && name != before.name) {
        require_free(*store, request.of, name);
        columns.push_back({"name", name});
    }
    if (request.team) columns.push_back({"team_id", std::to_string(*team_of(*store, request.team))});
    if (request.no_team) columns.push_back({"team_id", std::nullopt});
    add_changed_limits(before, after, columns);
    if (!columns.empty()) store->change(request.of, before.id, columns);
    print_done(request, before.id, name.empty() ? before.name : name, columns.empty() ? "was so already" : "changed");
}

void run_enable(const cli_context& context, const people_request& request, bool enable) {
    const auto store = ready_store(context)->people();
    const auto row = find_person(*store, request.of, request.which);
    const std::vector<store::column_value> columns = {{"is_enabled", enable ? "1" : "0"}};
    store->change(request.of, row.id, columns);
    const auto keys = row.keys == 1 ? std::string("1 key") : fmt::format("{} keys", row.keys);
    print_done(request, row.id, row.name, fmt::format("{}: {}", enable ? "enabled" : "disabled", keys));
}

void run_remove(const cli_context& context, const people_request& request) {
    const auto store = ready_store(context)->people();
    const auto row = find_person(*store, request.of, request.which);
    if (row.keys != 0) {
        throw std::runtime_error(fmt::format(
            "{0} {1} has {2} of the keys, and their usage is told by that name: `ferry {0}s disable {1}` refuses them",
            word_of(request.of), row.name, row.keys));
    }
    store->remove(request.of, row.id);
    print_done(request, row.id, row.name, "removed");
}

std::string as_json(const person_row& row, people of, const std::map<std::int64_t, std::string>& teams,
                    const limit_uses& uses) {
    json_object object;
    object.number("id", row.id).text("name", row.name);
    if (of == people::users) {
        row.team_id ? object.number("team_id", *row.team_id) : object.raw("team_id", "null");
        const auto team = row.team_id ? teams.find(*row.team_id) : teams.end();
        team != teams.end() ? object.text("team", team->second) : object.raw("team", "null");
    }
    add_limits(object, row, uses.of(word_of(of), row.id, row));
    object.flag("is_enabled", row.is_enabled).number("keys", row.keys).text("created_at", time_text(row.created_at_us));
    return object.take();
}

void run_list(const cli_context& context, const people_request& request) {
    const auto chosen = require_settings(context);
    const auto db = ready_store(context, chosen);
    const auto store = db->people();
    const auto rows = store->list(request.of);
    const limit_uses uses(*db, wall_us(), chosen.budget.days);
    std::map<std::int64_t, std::string> teams;
    for (const auto& team : store->list(people::teams)) teams.emplace(team.id, team.name);
    if (request.json) {
        std::vector<std::string> values;
        for (const auto& row : rows) values.push_back(as_json(row, request.of, teams, uses));
        fmt::print("{}", json_array(values));
        return;
    }
    std::vector<table_column> columns = {{"id", align::right}, {"name"}};
    if (request.of == people::users) columns.push_back({"team"});
    columns.insert(columns.end(), {{"keys", align::right}, {"limits"}, {"created (UTC)"}, {"state"}});
    std::vector<std::vector<std::string>> cells;
    for (const auto& row : rows) {
        std::vector<std::string> line = {std::to_string(row.id), row.name};
        if (request.of == people::users) line.push_back(row.team_id ? teams[*row.team_id] : "-");
        const auto state = row.defect.empty() ? (row.is_enabled ? "enabled" : "disabled") : row.defect;
        const auto created = time_text(row.created_at_us).substr(0, 16);
        line.insert(line.end(), {std::to_string(row.keys), limits_text(row, uses.of(word_of(request.of), row.id, row)),
                                 created, state});
        cells.push_back(std::move(line));
    }
    fmt::print("{}", aligned_table(columns, cells));
}

void add_command(CLI::App& app, cli_context& context, people of, const char* help) {
    const std::string word = word_of(of);
    auto* command = app.add_subcommand(word + "s", help);
    command->require_subcommand(1);
    const auto request = std::make_shared<people_request>();
    request->of = of;
    auto* add = add_action(*command, context, request, "add", "A new one", run_add);
    add->add_flag("--disabled", request->disabled, "Its keys do not work yet");
    add_action(*command, context, request, "list", "All of them", run_list);
    auto* set = add_action(*command, context, request, "set", "Change one; what is not named stays", run_set);
    set->add_option("--name", request->name, "A new name");
    auto* enable = add_action(*command, context, request, "enable", "Its keys work again",
                              [](const cli_context& c, const people_request& r) { run_enable(c, r, true); });
    auto* disable = add_action(*command, context, request, "disable", "All of its keys are refused within a second",
                               [](const cli_context& c, const people_request& r) { run_enable(c, r, false); });
    auto* remove = add_action(*command, context, request, "remove", "Delete one that has no keys", run_remove);
    for (auto* one : {add, set}) add_limit_options(*one, request->limits);
    add_limit_clearing_options(*set, request->limits);
    if (of == people::users) {
        for (auto* one : {add, set}) one->add_option("--team", request->team, "Id or name of its team");
        set->add_flag("--no-team", request->no_team, "It is in no team")->excludes(set->get_option("--team"));
    }
    add->add_option("name", request->which, "What people call it")->required();
    for (auto* one : {set, enable, disable, remove}) {
        one->add_option(word, request->which, "Its id or name")->required();
    }
}

}  // namespace

person_row find_person(store::people_store& store, people of, const std::string& which) {
    const auto rows = store.list(of);
    for (const auto& row : rows) {
        if (row.name == which) return row;
    }
    for (const auto& row : rows) {
        if (std::to_string(row.id) == which) return row;
    }
    throw std::runtime_error(fmt::format("there is no {0} {1}; `ferry {0}s list` shows all", word_of(of), which));
}

void add_people_commands(CLI::App& app, cli_context& context) {
    add_command(app, context, people::users, "Whom keys belong to");
    add_command(app, context, people::teams, "What users and keys belong to");
}

}  // namespace ferry::app
