#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>
#include <vector>

#include "cli/compare_command.hpp"
#include "cli/load_command.hpp"
#include "cli/relay_command.hpp"
#include "cli/report_command.hpp"
#include "cli/upstream_command.hpp"

int main(int argc, char** argv) {
    CLI::App app("Tools to test and measure an OpenAI-compatible proxy.", "ferry-bench");
    app.set_version_flag("--version", FERRY_VERSION);
    app.require_subcommand(1);
    const std::vector<ferry::bench::command> commands{
        ferry::bench::add_load_command(app),    ferry::bench::add_upstream_command(app),
        ferry::bench::add_compare_command(app), ferry::bench::add_relay_command(app),
        ferry::bench::add_report_command(app),
    };
    try {
        app.parse(argc, argv);
        for (const auto& command : commands) {
            if (command.parser->parsed()) return command.run();
        }
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    } catch (const std::exception& e) {
        std::cerr << "ferry-bench: " << e.what() << '\n';
    }
    return 2;
}
