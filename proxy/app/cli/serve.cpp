#include "app/cli/serve.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "app/application.hpp"
#include "app/cli/context.hpp"

namespace ferry::app {

namespace {

void serve(const cli_context& context) {
    auto given = inheritance::take();
    auto chosen = require_settings(context);
    if (const auto file = chosen_config_file(context)) chosen.file = std::filesystem::absolute(*file).string();
    set_up_log(chosen.log);
    log_outputs logs;
    application running(
        std::move(chosen), [&context] { return reload_settings(context); }, std::move(given), logs);
    running.start();
    logs.access.put(fmt::format("ferry ready: {} (admin {})\n", running.client_url(), running.admin_url()), 1);
    running.run_until_signalled();
}

}  // namespace

void add_serve_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("serve", "Run the proxy");
    command->callback([&context] { serve(context); });
}

}  // namespace ferry::app
