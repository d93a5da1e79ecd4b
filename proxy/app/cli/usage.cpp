#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "app/cli/comma_list.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/time_argument.hpp"
#include "app/cli/usage_actions.hpp"
#include "app/cli/usage_dimensions.hpp"
#include "app/cli/usage_reading.hpp"
#include "app/cli/usage_report.hpp"
#include "app/cli/usage_watch.hpp"
#include "base/clock.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

constexpr std::size_t most_dimensions = 2;

struct usage_request {
    std::string by;
    usage_choice choice;
    std::optional<std::string> since, until, currency;
    bool json = false, csv = false, no_latency = false, local = false, watch = false;
};

// "model, key" -> two names that there are.
std::vector<std::string> dimensions_of(std::string_view given) {
    const auto known = usage_dimensions();
    auto names = names_between_commas(given);
    for (const auto& name : names) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        refuse_usage(fmt::format("--by {}: there is {}", name, fmt::join(known, ", ")));
    }
    const bool is_twice = names.size() == most_dimensions && names.front() == names.back();
    if (names.size() > most_dimensions || is_twice) refuse_usage("--by takes one of its names, or two different ones");
    return names;
}

void require_known_to_sums(const std::vector<std::string>& dimensions) {
    for (const auto& name : dimensions) {
        if (!is_known_to_sums(name))
            refuse_usage("--no-latency adds up sums of hours, which know no " + name + ": leave one of the two out");
    }
}

// Not told where it is found: the terminal may be drawn on.
struct missing_rate : std::runtime_error {
    using runtime_error::runtime_error;
};

std::string no_rate(const std::string& from, const std::string& to) {
    return fmt::format(
        "--currency: there is no rate from {0} to {1}: write it in the configuration, in the list `rates` of [usage], "
        "as "
        "\"{0}/{1} = 1.5\" (how many {1} one {0} is)",
        from.empty() ? "?" : from, to);
}

// Reads it anew each time: "24h" counts from now.
std::string report_text(store::database& db, const settings& chosen, const usage_request& request,
                        const std::vector<std::string>& dimensions) {
    const std::int64_t now = wall_us();
    store::usage_filter wanted;
    if (request.since) wanted.since_us = time_argument("--since", *request.since, now, -1);
    if (request.until) wanted.until_us = time_argument("--until", *request.until, now, -1);
    const usage_names names(db);
    std::vector<usage_report::dimension> labels;
    for (const auto& name : dimensions) labels.push_back({name, names.labeller(name, request.local)});
    usage_report report(std::move(labels), !request.no_latency);
    narrow(wanted, request.choice, names);
    if (request.no_latency)
        read_sums(*db.usage(), wanted, {dimensions, request.local}, report);
    else
        read_rows(*db.usage(), wanted, report);
    if (request.currency) {
        const auto without = report.convert(*request.currency, chosen.usage.rates);
        if (!without.empty()) throw missing_rate(no_rate(without, *request.currency));
    }
    using format = usage_report::format;
    return report.text(request.json ? format::json : request.csv ? format::csv : format::table);
}

void run_usage(const cli_context& context, const usage_request& request) {
    const auto dimensions = dimensions_of(request.by);
    if (request.no_latency) require_known_to_sums(dimensions);
    const auto chosen = require_settings(context);
    std::optional<held_signals> signals;
    if (request.watch) signals.emplace();
    const auto db = ready_store(context, chosen);
    const auto make = [&] { return report_text(*db, chosen, request, dimensions); };
    try {
        if (signals) return watch(*signals, make);
        fmt::print("{}", make());
    } catch (const missing_rate& wrong) {
        refuse_usage(wrong.what());
    }
}

}  // namespace

void add_usage_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("usage", "Requests, tokens, cost and latency; sums are exact");
    auto request = std::make_shared<usage_request>();
    command->add_option(
        "--by", request->by,
        fmt::format("One line for each of these, or of two with a comma: {}", fmt::join(usage_dimensions(), ", ")));
    command->add_option("--since", request->since, "Requests begun at or after: 2030-12-31, ...T23:59:59Z, 24h, 7d");
    command->add_option("--until", request->until, "Requests begun before, likewise");
    auto& choice = request->choice;
    command->add_option("--model", choice.model, "Requests for this name alone");
    command->add_option("--key", choice.key, "Of this key: id, public_id or name");
    command->add_option("--user", choice.user, "Of this user: id or name");
    command->add_option("--team", choice.team, "Of this team: id or name");
    command->add_option("--provider", choice.provider, "Answered by this service");
    command->add_option("--operation", choice.operation, "As the column of this name has it (docs/operations.md)");
    command->add_flag("--local", request->local, "Days and hours of this machine's time instead of UTC");
    command->add_option("--currency", request->currency, "All costs in this one, by usage.rates of the configuration");
    command->add_flag(
        "--no-latency", request->no_latency,
        "Without latency, which is quick: whole hours come from their sums, also those whose rows were dropped by "
        "usage.retention; by all but tags");
    auto* json = command->add_flag("--json", request->json, "As JSON, exact");
    auto* csv = command->add_flag("--csv", request->csv, "As CSV, exact")->excludes(json);
    command->add_flag("--watch", request->watch, "Again every 2 seconds, until Ctrl-C")->excludes(json)->excludes(csv);
    add_usage_recompute(*command, context);
    add_usage_check(*command, context);
    command->callback([&context, request, command] {
        if (command->get_subcommands().empty()) run_usage(context, *request);
    });
}

}  // namespace ferry::app
