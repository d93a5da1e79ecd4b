#include "app/cli/serve.hpp"

#include <CLI/CLI.hpp>
#include <cstdio>
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
    application running(
        std::move(chosen), [&context] { return reload_settings(context); }, std::move(given));
    running.start();
    std::printf("ferry ready: %s (admin %s)\n", running.client_url().c_str(), running.admin_url().c_str());
    std::fflush(stdout);
    running.run_until_signalled();
}

}  // namespace

void add_serve_command(CLI::App& app, cli_context& context) {
    auto* command = app.add_subcommand("serve", "Run the proxy");
    command->callback([&context] { serve(context); });
}

}  // namespace ferry::app
