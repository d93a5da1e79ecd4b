#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <memory>
#include <optional>

#include "app/cli/action.hpp"
#include "app/cli/model_columns.hpp"
#include "app/cli/model_judgement.hpp"
#include "app/cli/model_list.hpp"
#include "app/cli/model_prices.hpp"
#include "app/cli/model_test.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "store/model_columns.hpp"

namespace ferry::app {
namespace {

struct model_request {
    std::string which;                               // id or model_name
    std::map<std::string_view, std::string> values;  // by flag
    std::optional<std::int64_t> id;                  // of a row to add
    bool disabled = false;
    bool per_million = false;  // prices, given and shown
    bool json = false;
    model_prices prices;  // for `prices`, but for `json`
    model_test test;      // but for `which` and `json`
};
using request_ptr = std::shared_ptr<model_request>;

void add_value_flags(CLI::App& command, const request_ptr& request) {
    for (const model_flag& flag : model_flags()) {
        const auto keep = [request, &flag](const std::string& given) { request->values[flag.flag] = given; };
        auto* option = command.add_option_function<std::string>(std::string(flag.flag), keep, std::string(flag.help));
        option->type_name(flag.kind == column_kind::json   ? "JSON"
                          : flag.kind == column_kind::text ? "TEXT"
                          : flag.kind == column_kind::span ? "TIME"
                                                           : "NUMBER");
    }
    command.add_flag("--per-million", request->per_million, "All prices given here are per 1,000,000 tokens");
}

price_unit unit_of(const model_request& request) {
    return request.per_million ? price_unit::per_million : price_unit::per_thousand;
}

// 0 alone is what the column holds where nobody gave a price; in all of them it says that the model is free.
void spell_out_free(std::vector<store::column_value>& columns, const store::model_row* before) {
    const auto find = [&columns](std::string_view name) {
        return std::find_if(columns.begin(), columns.end(), [name](const auto& one) { return one.column == name; });
    };
    const auto base = find("cost_per_1k_tokens");
    if (base == columns.end()) return;
    const bool is_free = base->value == "0";
    const bool was_free = before != nullptr && before->input_price_pico == 0 && before->output_price_pico == 0;
    if (!is_free && !was_free) return;
    for (const char* own : {"input_cost_per_1k", "output_cost_per_1k"}) {
        std::optional<std::string> value;
        if (is_free) value = "0";
        if (find(own) == columns.end()) columns.push_back({own, std::move(value)});
    }
}

std::vector<store::column_value> columns_of(const model_request& request) {
    std::vector<store::column_value> columns;
    for (const model_flag& flag : model_flags()) {
        const auto given = request.values.find(flag.flag);
        if (given != request.values.end()) columns.push_back(column_from(flag, given->second, unit_of(request)));
    }
    return columns;
}

// The row meant by an id or by a name that only one row has; it lies in `rows`.
const store::model_row& find_model(const std::vector<store::model_row>& rows, const std::string& which) {
    std::vector<std::int64_t> ids;
    const store::model_row* named = nullptr;
    for (const store::model_row& row : rows) {
        if (std::to_string(row.id) == which) return row;
        if (row.model_name != which) continue;
        ids.push_back(row.id);
        named = &row;
    }
    if (ids.size() == 1) return *named;
    if (ids.empty()) {
        throw std::runtime_error(fmt::format("there is no model {}; `ferry models list` shows what there is", which));
    }
    throw std::runtime_error(
        fmt::format("several rows have the name {}: give one of the ids {}", which, fmt::join(ids, ", ")));
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
    spell_out_free(columns, nullptr);
    const auto models = ready_store(context)->models();
    store::model_row row;
    store::set_columns(row, columns);
    require_good(models->load_catalog(), row, nullptr);
    print_done(request, models->add_model(columns), "added");
}

void run_set(const cli_context& context, const model_request& request) {
    auto columns = columns_of(request);
    if (columns.empty()) refuse_usage("models set needs at least one value to set; see `ferry models set --help`");
    const auto models = ready_store(context)->models();
    const auto rows = models->load_catalog();
    const store::model_row& before = find_model(rows.models, request.which);
    spell_out_free(columns, &before);
    store::model_row after = before;
    store::set_columns(after, columns);
    require_good(rows, after, &before);
    models->change_model(before.id, columns);
    print_done(request, before.id, "changed");
}

void run_enable(const cli_context& context, const model_request& request, bool enable) {
    const auto models = ready_store(context)->models();
    const auto rows = models->load_catalog();
    store::model_row row = find_model(rows.models, request.which);
    row.is_enabled = true;
    if (enable) require_good(rows, row, nullptr);
    models->change_model(row.id, std::vector<store::column_value>{{"is_enabled", enable ? "1" : "0"}});
    print_done(request, row.id, enable ? "enabled" : "disabled");
}

void run_remove(const cli_context& context, const model_request& request) {
    const auto models = ready_store(context)->models();
    const std::int64_t id = find_model(models->list_models(), request.which).id;
    models->remove_model(id);
    print_done(request, id, "removed");
}

}  // namespace

void add_models_command(CLI::App& app, cli_context& context) {
    auto* models = app.add_subcommand("models", "The models clients may ask for: the table ai_models");
    models->require_subcommand(1);
    const auto request = std::make_shared<model_request>();

    add_action(*models, context, request, "list", "All rows; keys are never shown",
               [](const cli_context& c, const model_request& r) {
                   const auto rows = ready_store(c)->models()->load_catalog();
                   fmt::print("{}", r.json ? models_as_json(rows) : models_as_table(rows, unit_of(r)));
               })
        ->add_flag("--per-million", request->per_million, "Prices per 1,000,000 tokens");
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
    auto* prices = add_action(*models, context, request, "prices",
                              "Prices of the table that is shipped with Ferry, for rows that have none",
                              [](const cli_context& c, const model_request& r) {
                                  auto wanted = r.prices;
                                  wanted.json = r.json;
                                  fill_prices(c, wanted);
                              });
    auto* apply = prices->add_flag("--apply,--yes", request->prices.apply, "Write them without asking");
    prices->add_flag("--dry-run", request->prices.dry_run, "Show them; neither ask nor write")->excludes(apply);
    prices->add_flag("--replace", request->prices.replace, "Also where a row has another price");
    prices->add_option("--file", request->prices.file, "Another table, in the form of config/prices.toml");
    auto* test = add_action(*models, context, request, "test",
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
