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
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

struct usage_request {
    std::string by;
    std::optional<std::string> since, until;
    bool json = false, csv = false, no_latency = false;
};

std::string date_text(std::int64_t time_us) {
    constexpr std::size_t length = 10;  // YYYY-MM-DD
    return time_text(time_us).substr(0, length);
}

std::string day_of(const store::usage_row& row) {
    return date_text(row.started_at_us);
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
    if (by == "operation") return [](const store::usage_row& row) { return row.operation; };
    if (by == "basis") return [](const store::usage_row& row) { return row.basis; };
    return [](const store::usage_row&) { return std::string(); };
}

constexpr std::int64_t day_us = 86'400'000'000;

// Whole days from the days' sums, what begins or ends within a day from its rows.
void add_days(store::usage_store& usage, const store::usage_filter& window, usage_report& report) {
    const auto add_row = [&report](const store::usage_row& row) { report.add(row); };
    const auto add_day = [&report](const store::day_row& day) { report.add(day); };
    const std::int64_t first = window.since_us ? (*window.since_us + day_us - 1) / day_us * day_us : 0;
    const std::int64_t end = window.until_us ? *window.until_us / day_us * day_us : 0;
    if (window.since_us && window.until_us && first >= end) return usage.scan(window, add_row);
    if (window.since_us && first != *window.since_us) usage.scan({window.since_us, first}, add_row);
    usage.scan_days(window.since_us ? date_text(first) : "", window.until_us ? date_text(end) : "", add_day);
    if (window.until_us && end != *window.until_us) usage.scan({end, window.until_us}, add_row);
}

void run_usage(const cli_context& context, const usage_request& request) {
    const std::int64_t now = wall_us();
    store::usage_filter window;
    if (request.since) window.since_us = time_argument("--since", *request.since, now, -1);
    if (request.until) window.until_us = time_argument("--until", *request.until, now, -1);

    if (request.no_latency && (request.by == "model" || request.by == "basis" || request.by == "operation"))
        refuse_usage("--no-latency adds up days, which know no " + request.by + ": leave one of the two out");
    const auto db = ready_store(context);
    usage_report report(request.by, labeller(request.by, *db), !request.no_latency);
    if (request.no_latency)
        add_days(*db->usage(), window, report);
    else
        db->usage()->scan(window, [&report](const store::usage_row& row) { report.add(row); });
    using format = usage_report::format;
    fmt::print("{}", report.text(request.json ? format::json : request.csv ? format::csv : format::table));
}

}  // namespace

void add_usage_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("usage", "Requests, tokens, cost and latency; sums are exact");
    auto request = std::make_shared<usage_request>();
    command->add_option("--by", request->by, "One line for each model, key, day (UTC), provider, operation or basis")
        ->check(CLI::IsMember({"model", "key", "day", "provider", "operation", "basis"}));
    command->add_option("--since", request->since, "Requests begun at or after: 2030-12-31, ...T23:59:59Z, 24h, 7d");
    command->add_option("--until", request->until, "Requests begun before, likewise");
    command->add_flag(
        "--no-latency", request->no_latency,
        "Without latency and units, which is quick: whole days come from their sums, also those whose rows were "
        "dropped by usage.retention; not by model, operation or basis");
    auto* json = command->add_flag("--json", request->json, "As JSON");
    command->add_flag("--csv", request->csv, "As CSV")->excludes(json);
    command->callback([&context, request] { run_usage(context, *request); });
}

}  // namespace ferry::app
