#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/cli/open_store.hpp"
#include "app/cli/store_commands.hpp"

namespace ferry::app {
namespace {

void run_migrate(const cli_context& context, bool dry_run) {
    const auto db = configured_store(require_settings(context));
    const auto names = dry_run ? db->pending_migrations() : db->migrate();
    for (const auto& name : names) {
        fmt::print("{} {:04}_{}\n", dry_run ? "would apply" : "applied", name.version, name.name);
    }
    if (!dry_run || names.empty()) fmt::print("up to date: {}\n", db->description());
}

}  // namespace

void add_migrate_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("migrate", "Bring the store's schema up to date");
    auto dry_run = std::make_shared<bool>(false);
    command->add_flag("--dry-run", *dry_run, "Only print what would be applied");
    command->callback([&context, dry_run] { run_migrate(context, *dry_run); });
}

}  // namespace ferry::app
