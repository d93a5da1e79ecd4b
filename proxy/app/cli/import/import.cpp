#include "app/cli/import/import.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/action.hpp"
#include "app/cli/import/apply.hpp"
#include "app/cli/import/litellm.hpp"
#include "app/cli/import/one_api.hpp"
#include "app/cli/import/report.hpp"
#include "app/cli/open_store.hpp"
#include "base/ascii.hpp"
#include "base/clock.hpp"

namespace ferry::app {
namespace {

struct import_request {
    std::string from, whole, keys, users, teams, models, options, abilities;
    bool apply = false;
    bool json = false;
};

const takeover::table_names& tables_of(const import_request& request) {
    return request.from == "litellm" ? takeover::litellm_tables() : takeover::one_api_tables();
}

void refuse_yaml(const std::string& path) {
    const auto name = lower_case(path);
    if (!name.ends_with(".yaml") && !name.ends_with(".yml")) return;
    refuse_usage(fmt::format(
        "{} is YAML, which Ferry does not read. What LiteLLM serves of its config.yaml comes with its API: save what "
        "GET /model/info answers, and give that as --models FILE.json",
        path));
}

takeover::source_files files_of(const import_request& request) {
    takeover::source_files files;
    const auto& names = tables_of(request);
    const auto add = [&](const char* option, const std::string& table, const std::string& path) {
        if (path.empty()) return;
        refuse_yaml(path);
        if (table.empty()) refuse_usage(fmt::format("{} has no such table: leave {} out", request.from, option));
        files.tables[table] = path;
    };
    add("--keys", names.keys, request.keys);
    add("--users", names.users, request.users);
    add("--teams", names.teams, request.teams);
    add("--models", names.models, request.models);
    add("--options", names.options, request.options);
    add("--abilities", names.abilities, request.abilities);
    refuse_yaml(request.whole);
    if (lower_case(request.whole).ends_with(".csv"))
        refuse_usage("a CSV file is one table: name which with --keys, --users, --teams, --models or --options");
    files.whole = request.whole;
    if (files.whole.empty() && files.tables.empty())
        refuse_usage("nothing to import from: give a database, a dump, or --keys FILE.csv");
    return files;
}

void run_import(const cli_context& context, const import_request& request) {
    const auto files = files_of(request);
    const auto tables = takeover::read_source(files, tables_of(request));
    if (tables.empty()) {
        throw std::runtime_error(fmt::format("no table of {} is there: Ferry looks for {}, {} and those beside them",
                                             request.from, tables_of(request).keys, tables_of(request).models));
    }
    const auto now = wall_us();
    using kind = takeover::one_api_kind;
    const auto plan =
        request.from == "litellm"
            ? takeover::read_litellm(tables, now)
            : takeover::read_one_api(tables, request.from == "new-api" ? kind::new_api : kind::one_api, now);
    const auto db = ready_store(context);
    const auto report = takeover::apply_plan(plan, *db, request.apply);
    fmt::print("{}", request.json ? takeover::report_as_json(report) : takeover::report_as_text(report));
}

}  // namespace

void add_import_command(CLI::App& keys, cli_context& context) {
    const auto request = std::make_shared<import_request>();
    auto* import = add_action(keys, context, request, "import",
                              "Bring over keys, people, models and prices from another gateway", run_import);
    import->add_option("--from", request->from, "Which gateway: litellm, one-api or new-api")
        ->required()
        ->check(CLI::IsMember({"litellm", "one-api", "new-api"}));
    import->add_option("source", request->whole,
                       "Its database: an SQLite file, postgres://..., or what mysqldump wrote");
    import->add_option("--keys", request->keys, "CSV of its table of keys (LiteLLM_VerificationToken, tokens)");
    import->add_option("--users", request->users, "CSV of its users");
    import->add_option("--teams", request->teams, "CSV of its teams (LiteLLM)");
    import->add_option("--models,--channels", request->models,
                       "CSV of its models or channels, or what LiteLLM answers at GET /model/info");
    import->add_option("--options", request->options, "CSV of the table options, for prices (one-api, new-api)");
    import->add_option("--abilities", request->abilities, "CSV of the table abilities (one-api, new-api)");
    import->add_flag("--apply", request->apply, "Write it; without this nothing is written");
}

}  // namespace ferry::app
