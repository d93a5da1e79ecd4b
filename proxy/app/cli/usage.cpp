#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>

#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/time_argument.hpp"
#include "app/cli/usage_report.hpp"
#include "base/clock.hpp"
#include "store/time_text.hpp"

namespace ferry::app {
namespace {

struct usage_request {
    std::string by;
    std::optional<std::string> since, until;
    bool json = false, csv = false;
};

std::string day_of(const store::usage_row& row) {
    constexpr std::size_t length = 10;  // YYYY-MM-DD
    return store::time_text(row.started_at_us).substr(0, length);
}

// Keys by id and name: two keys may have one name, and a key that was removed still has its usage.
usage_report::labeller key_labeller(store::key_store& keys) {
    std::map<std::int64_t, std::string> names;
    for (const auto& row : keys.list_keys()) names[row.id] = row.name;
    return [names](const store::usage_row& row) -> std::string {
        if (!row.key_id) return "-";
        const auto known = names.find(*row.key_id);
        return fmt::format("{} {}", *row.key_id, known == names.end() ? "(removed)" : known->second);
    };
}

usage_report::labeller labeller(const std::string& by, store::database& db) {
    if (by == "key") return key_labeller(*db.keys());
    if (by == "day") return day_of;
    if (by == "model") return [](const store::usage_row& row) { return row.model_name; };
    if (by == "provider") return [](const store::usage_row& row) { return row.provider; };
    if (by == "basis") return [](const store::usage_row& row) { return row.basis; };
    return [](const store::usage_row&) { return std::string(); };
}

void run_usage(const cli_context& context, const usage_request& request) {
    const std::int64_t now = wall_us();
    store::usage_filter window;
    if (request.since) window.since_us = time_argument("--since", *request.since, now, -1);
    if (request.until) window.until_us = time_argument("--until", *request.until, now, -1);

    const auto db = ready_store(context);
    usage_report report(request.by, labeller(request.by, *db));
    db->usage()->scan(window, [&report](const store::usage_row& row) { report.add(row); });
    using format = usage_report::format;
    fmt::print("{}", report.text(request.json ? format::json : request.csv ? format::csv : format::table));
}

}  // namespace

void add_usage_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("usage", "Requests, tokens, cost and latency; sums are exact");
    auto request = std::make_shared<usage_request>();
    command->add_option("--by", request->by, "One line for each model, key, day (UTC), provider or basis")
        ->check(CLI::IsMember({"model", "key", "day", "provider", "basis"}));
    command->add_option("--since", request->since, "Requests begun at or after: 2030-12-31, ...T23:59:59Z, 24h, 7d");
    command->add_option("--until", request->until, "Requests begun before, likewise");
    auto* json = command->add_flag("--json", request->json, "As JSON");
    command->add_flag("--csv", request->csv, "As CSV")->excludes(json);
    command->callback([&context, request] { run_usage(context, *request); });
}

}  // namespace ferry::app
