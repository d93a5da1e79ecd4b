#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <memory>
#include <optional>

#include "app/cli/action.hpp"
#include "app/cli/comma_list.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/route_list.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "base/number_text.hpp"

namespace ferry::app {
namespace {

struct route_request {
    std::string name;
    std::optional<std::string> strategy, members;
    bool disabled = false;
    bool json = false;
};

// "gpt-4=2" is a member and its weight; what follows another `=` is part of the name.
boost::json::value member_of(std::string_view text) {
    const auto equals = text.rfind('=');
    if (equals == std::string_view::npos) return boost::json::string(text);
    const auto weight = parse_number(text.substr(equals + 1));
    if (!weight) return boost::json::string(text);
    boost::json::object member;
    member["model"] = text.substr(0, equals);
    member["weight"] = *weight;
    return member;
}

std::string members_json(std::string_view given) {
    boost::json::array members;
    for (const auto& one : names_between_commas(given)) members.push_back(member_of(one));
    if (members.empty()) refuse_usage("--members needs names of models with commas, such as gpt-4,gpt-4o=2");
    return boost::json::serialize(members);
}

store::route_row* find_route(std::vector<store::route_row>& routes, const std::string& name) {
    for (auto& row : routes) {
        if (row.name == name) return &row;
    }
    return nullptr;
}

store::route_row& require_route(std::vector<store::route_row>& routes, const std::string& name) {
    if (auto* found = find_route(routes, name)) return *found;
    throw std::runtime_error(fmt::format("there is no route {}; `ferry routes list` shows what there is", name));
}

// Refuses what the catalog would refuse, and says what it would leave out.
void require_served(const store::catalog_rows& rows, const std::string& name) {
    const auto verdict = judge_route(rows, name);
    if (!verdict.refused.empty()) refuse_usage(fmt::format("{}: {}", name, verdict.refused));
    for (const auto& doubt : verdict.doubts) fmt::print(stderr, "warning: {}: {}\n", name, doubt);
}

void print_done(const route_request& request, std::string_view done) {
    if (request.json) {
        fmt::print("{}\n", json_object().text("name", request.name).take());
    } else {
        fmt::print("route {} {}\n", request.name, done);
    }
}

void run_add(const cli_context& context, const route_request& request) {
    store::route_row row;
    row.name = request.name;
    row.strategy = request.strategy.value_or("priority");
    row.members = members_json(request.members.value_or(""));
    const auto db = ready_store(context);
    auto rows = db->models()->load_catalog();
    if (find_route(rows.routes, row.name) != nullptr) {
        refuse_usage(fmt::format("there is a route {} already; `ferry routes set {}` changes it", row.name, row.name));
    }
    rows.routes.push_back(row);
    require_served(rows, row.name);
    row.is_enabled = !request.disabled;
    db->routes()->add_route(row);
    print_done(request, "added");
}

void run_set(const cli_context& context, const route_request& request) {
    if (!request.strategy && !request.members) refuse_usage("routes set needs --strategy or --members");
    store::route_change change;
    change.strategy = request.strategy;
    if (request.members) change.members = members_json(*request.members);
    const auto db = ready_store(context);
    auto rows = db->models()->load_catalog();
    auto& row = require_route(rows.routes, request.name);
    row.strategy = change.strategy.value_or(row.strategy);
    row.members = change.members.value_or(row.members);
    row.defect.clear();
    row.is_enabled = true;  // so that it is judged
    require_served(rows, row.name);
    db->routes()->change_route(row.name, change);
    print_done(request, "changed");
}

void run_enable(const cli_context& context, const route_request& request, bool enable) {
    const auto db = ready_store(context);
    auto rows = db->models()->load_catalog();
    auto& row = require_route(rows.routes, request.name);
    row.is_enabled = true;
    if (enable) require_served(rows, row.name);
    store::route_change change;
    change.is_enabled = enable;
    db->routes()->change_route(row.name, change);
    print_done(request, enable ? "enabled" : "disabled");
}

void run_remove(const cli_context& context, const route_request& request) {
    const auto routes = ready_store(context)->routes();
    auto rows = routes->list_routes();
    routes->remove_route(require_route(rows, request.name).name);
    print_done(request, "removed");
}

void run_list(const cli_context& context, const route_request& request) {
    const auto rows = ready_store(context)->models()->load_catalog();
    fmt::print("{}", request.json ? routes_as_json(rows) : routes_as_table(rows));
}

}  // namespace

void add_routes_command(CLI::App& app, cli_context& context) {
    auto* routes = app.add_subcommand("routes", "Virtual model names, each for several models: the table model_routes");
    routes->require_subcommand(1);
    const auto request = std::make_shared<route_request>();
    auto* add = add_action(*routes, context, request, "add", "A new virtual name", run_add);
    add->add_flag("--disabled", request->disabled, "Not to be used yet");
    add_action(*routes, context, request, "list", "All virtual names and their members", run_list);
    auto* set = add_action(*routes, context, request, "set", "Change one; what is not named stays", run_set);
    auto* enable = add_action(*routes, context, request, "enable", "Serve one again",
                              [](const cli_context& c, const route_request& r) { run_enable(c, r, true); });
    auto* disable = add_action(*routes, context, request, "disable", "Keep one but do not serve it",
                               [](const cli_context& c, const route_request& r) { run_enable(c, r, false); });
    auto* remove = add_action(*routes, context, request, "remove", "Delete one; its models stay", run_remove);
    for (auto* command : {add, set}) {
        command->add_option("--strategy", request->strategy,
                            "Who is asked first: priority (in the order of the list, the default), weighted (drawn by "
                            "weight), cheapest (by the size of the request), fastest (by the first token of late)");
        command->add_option("--members", request->members,
                            "Models with commas, each perhaps with a weight: gpt-4,gpt-4o=2");
    }
    add->get_option("--members")->required();
    for (auto* command : {add, set, enable, disable, remove}) {
        command->add_option("name", request->name, "The name clients ask for")->required();
    }
}

}  // namespace ferry::app
