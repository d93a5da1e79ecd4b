#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/journal_report.hpp"
#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"
#include "app/cli/table.hpp"
#include "usage/shipper.hpp"

namespace ferry::app {
namespace {

struct journal_request {
    bool json = false;
    int timeout_s = 300;
};

// The folder's report; an empty one where no process has made the folder yet, which is said: it may be the wrong one.
usage::folder_report report_of(const std::string& folder) {
    try {
        return usage::inspect_folder(folder);
    } catch (const file_error& error) {
        if (error.code() != std::errc::no_such_file_or_directory) throw;
        fmt::print(stderr,
                   "warning: there is no journal at {}. Run the command in the folder where Ferry runs, or name "
                   "Ferry's configuration with --config FILE.\n",
                   folder);
        return {};
    }
}

void run_status(const cli_context& context, const journal_request& request) {
    const settings chosen = require_settings(context);
    const auto report = report_of(chosen.usage.journal_dir);
    fmt::print("{}", request.json ? journal_as_json(report, chosen.usage) : journal_as_table(report, chosen.usage));
}

void run_verify(const cli_context& context, const journal_request& request) {
    const settings chosen = require_settings(context);
    const auto report = report_of(chosen.usage.journal_dir);
    fmt::print("{}", request.json ? segments_as_json(report) : segments_as_table(report));
    if (is_damaged(report)) throw exit_with{1};
}

void print_shipped(const usage::shipper_status& done, bool json) {
    if (json) {
        fmt::print("{}\n", json_object()
                               .number("rows", done.rows_shipped)
                               .number("new_rows", done.rows_new)
                               .number("interrupted", done.interrupted)
                               .number("dead_letters", done.dead_letters)
                               .number("quarantined", done.quarantined)
                               .number("left_for_newer", done.left_for_newer)
                               .take());
        return;
    }
    fmt::print("wrote {} usage rows, {} of them new to the store, {} of interrupted requests\n", done.rows_shipped,
               done.rows_new, done.interrupted);
    if (done.dead_letters > 0)
        fmt::print("{} rows were refused by the store: see dead-letter.jsonl\n", done.dead_letters);
    if (done.quarantined > 0) fmt::print("{} damaged segments are now in quarantine/\n", done.quarantined);
}

void run_replay(const cli_context& context, const journal_request& request) {
    const settings chosen = require_settings(context);
    const auto& folder = chosen.usage.journal_dir;
    const auto before = report_of(folder);
    const auto is_alive = [](const usage::instance_report& each) { return each.is_alive; };
    const bool any_alive = std::any_of(before.instances.begin(), before.instances.end(), is_alive);
    const bool all_alive = std::all_of(before.instances.begin(), before.instances.end(), is_alive);
    if (all_alive) {  // or there is nothing at all
        if (any_alive) fmt::print(stderr, "note: a running ferry writes into the store what is in {}\n", folder);
        return print_shipped({}, request.json);
    }
    if (any_alive) {
        fmt::print(stderr,
                   "error: a running ferry has the journal in {}: it writes into the store what earlier ones left. "
                   "Look at `ferry journal status`, or stop it first.\n",
                   folder);
        throw exit_with{1};
    }
    const auto db = ready_store(context);
    const auto store = db->usage();
    usage::journal own(chosen.usage, 0);  // no core, no segment: only what others left
    usage::shipper shipper(own, *store);
    const bool is_done = shipper.flush(std::chrono::steady_clock::now() + std::chrono::seconds(request.timeout_s));
    const auto done = shipper.status();
    shipper.stop();
    print_shipped(done, request.json);
    if (!is_done) {
        fmt::print(stderr, "error: not all was written into the store{}{}. What is left stays in {}: try again.\n",
                   done.last_error.empty() ? " in time" : ": ", done.last_error, folder);
    }
    if (done.left_for_newer > 0) {
        fmt::print(stderr, "error: {} segments were written by a newer version of ferry: replay them with that one.\n",
                   done.left_for_newer);
    }
    if (!is_done || done.left_for_newer > 0) throw exit_with{1};
}

}  // namespace

void add_journal_command(CLI::App& app, cli_context& context) {
    auto* journal =
        app.add_subcommand("journal", "Usage rows on their way into the store: files in the folder usage.journal_dir");
    journal->require_subcommand(1);
    const auto request = std::make_shared<journal_request>();
    const auto add = [&](const char* name, const char* help, void (*run)(const cli_context&, const journal_request&)) {
        auto* command = journal->add_subcommand(name, help);
        command->add_flag("--json", request->json, "As JSON");
        command->callback([&context, request, run] { run(context, *request); });
        return command;
    };
    add("status", "Counts the usage rows that are not in the store yet, by the process that wrote them", run_status);
    add("verify", "Reads every record and names damaged files; exit code 1 if there are any", run_verify);
    auto* replay = add("replay",
                       "Writes into the store what processes left that have ended; a running Ferry does it by itself",
                       run_replay);
    replay->add_option("--timeout", request->timeout_s, "Seconds to go on while the store is away (300)")
        ->check(CLI::Range(1, 86'400));
}

}  // namespace ferry::app
