#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>

#include "app/cli/model_columns.hpp"
#include "app/cli/model_list.hpp"
#include "app/cli/model_test.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"

namespace ferry::app {
namespace {

struct model_request {
    std::string which;                               // id or model_name
    std::map<std::string_view, std::string> values;  // by flag
    std::optional<std::int64_t> id;                  // of a row to add
    bool disabled = false;
    bool json = false;
    model_test test;  // but for `which` and `json`
};
using request_ptr = std::shared_ptr<model_request>;

void add_value_flags(CLI::App& command, const request_ptr& request) {
    for (const model_flag& flag : model_flags()) {
        const auto keep = [request, &flag](const std::string& given) { request->values[flag.flag] = given; };
        auto* option = command.add_option_function<std::string>(std::string(flag.flag), keep, std::string(flag.help));
        option->type_name(flag.kind == column_kind::json ? "JSON" : flag.kind == column_kind::text ? "TEXT" : "NUMBER");
    }
}

std::vector<store::column_value> columns_of(const model_request& request) {
    std::vector<store::column_value> columns;
    for (const model_flag& flag : model_flags()) {
        const auto given = request.values.find(flag.flag);
        if (given != request.values.end()) columns.push_back(column_from(flag, given->second));
    }
    return columns;
}

// The row meant by an id or by a name that only one row has.
std::int64_t find_model(store::model_store& models, const std::string& which) {
    std::vector<std::int64_t> named;
    for (const store::model_row& row : models.list_models()) {
        if (std::to_string(row.id) == which) return row.id;
        if (row.model_name == which) named.push_back(row.id);
    }
    if (named.size() == 1) return named.front();
    if (named.empty()) {
        throw std::runtime_error(fmt::format("there is no model {}; `ferry models list` shows what there is", which));
    }
    throw std::runtime_error(
        fmt::format("several rows have the name {}: give one of the ids {}", which, fmt::join(named, ", ")));
}

void print_done(const model_request& request, std::int64_t id, std::string_view done) {
    if (request.json) {
        fmt::print("{}\n", json_object().number("id", id).take());
    } else {
        fmt::print("model {} {}\n", id, done);
    }
}

void run_add(const cli_context& context, const model_request& request) {
    for (const char* needed : {"--name", "--endpoint"}) {
        const auto given = request.values.find(needed);
        if (given == request.values.end() || given->second.empty()) {
            refuse_usage(fmt::format("models add needs {}", needed));
        }
    }
    auto columns = columns_of(request);
    if (request.id) columns.push_back({"id", std::to_string(*request.id)});
    if (request.disabled) columns.push_back({"is_enabled", "0"});
    print_done(request, ready_store(context)->models()->add_model(columns), "added");
}

void run_set(const cli_context& context, const model_request& request) {
    const auto columns = columns_of(request);
    if (columns.empty()) refuse_usage("models set needs at least one value to set; see `ferry models set --help`");
    const auto models = ready_store(context)->models();
    const std::int64_t id = find_model(*models, request.which);
    models->change_model(id, columns);
    print_done(request, id, "changed");
}

void run_enable(const cli_context& context, const model_request& request, bool enable) {
    const auto models = ready_store(context)->models();
    const std::int64_t id = find_model(*models, request.which);
    models->change_model(id, std::vector<store::column_value>{{"is_enabled", enable ? "1" : "0"}});
    print_done(request, id, enable ? "enabled" : "disabled");
}

void run_remove(const cli_context& context, const model_request& request) {
    const auto models = ready_store(context)->models();
    const std::int64_t id = find_model(*models, request.which);
    models->remove_model(id);
    print_done(request, id, "removed");
}

using action = void (*)(const cli_context&, const model_request&);

CLI::App* add_action(CLI::App& models, cli_context& context, const request_ptr& request, const char* name,
                     const char* help, action run) {
    auto* command = models.add_subcommand(name, help);
    command->add_flag("--json", request->json, "As JSON");
    command->callback([&context, request, run] { run(context, *request); });
    return command;
}

}  // namespace

void add_models_command(CLI::App& app, cli_context& context) {
    auto* models = app.add_subcommand("models", "The models clients may ask for: the table ai_models");
    models->require_subcommand(1);
    const auto request = std::make_shared<model_request>();

    add_action(*models, context, request, "list", "All rows; keys are never shown",
               [](const cli_context& c, const model_request& r) {
                   const auto rows = ready_store(c)->models()->list_models();
                   fmt::print("{}", r.json ? models_as_json(rows) : models_as_table(rows));
               });
    auto* add = add_action(*models, context, request, "add", "A new row", run_add);
    add->add_option("--id", request->id, "The row's id (default: the next one)")->check(CLI::PositiveNumber);
    add->add_flag("--disabled", request->disabled, "Not to be used yet");
    add_value_flags(*add, request);

    auto* set = add_action(*models, context, request, "set", "Change a row; what is not named stays", run_set);
    add_value_flags(*set, request);
    auto* enable = add_action(*models, context, request, "enable", "Use a row again",
                              [](const cli_context& c, const model_request& r) { run_enable(c, r, true); });
    auto* disable = add_action(*models, context, request, "disable", "Keep a row but do not use it",
                               [](const cli_context& c, const model_request& r) { run_enable(c, r, false); });
    auto* remove = add_action(*models, context, request, "remove", "Delete a row; its usage stays", run_remove);
    auto* test =
        add_action(*models, context, request, "test",
                   "Ask a row for one token and show each phase's time; exit code 1 if it fails",
                   [](const cli_context& c, const model_request& r) {
                       test_model(c, {r.which, r.test.stream, r.json, r.test.timeout});
                   });
    test->add_flag("--stream", request->test.stream, "Ask for a stream");
    test->add_option("--timeout", request->test.timeout, "How long an answer may take (default: 30s)");
    for (auto* command : {set, enable, disable, remove, test}) {
        const char* names = command == test ? "model,--id" : "model";
        command->add_option(names, request->which, "Its id, or its name if only one row has it")->required();
    }
}

}  // namespace ferry::app
