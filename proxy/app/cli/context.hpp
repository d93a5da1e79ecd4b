// What the commands of `ferry` share. A command is one file with one function `add_<command>_command`, which declares
// its options and a callback; the callback returns (exit code 0) or throws exit_with, or any std::exception (1).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/config/settings.hpp"

namespace CLI {
class App;
}

namespace ferry::app {

// Ends the program with this code; whatever the user needs to know has been printed.
// 0 done, 1 failed while running, 2 wrong usage or configuration.
struct exit_with {
    int code;
};

// Owned by main; filled while the command line is parsed, so read it only in callbacks.
struct cli_context {
    std::optional<std::string> config_file;  // --config FILE
    std::vector<std::string> sets;           // --set section.key=value, any number
};

// Loads --config (else config/ferry.toml if there is one, else the defaults), environment and --set. Prints every fault
// and warning on stderr; throws exit_with{2} if there was a fault.
settings require_settings(const cli_context& context);

// The same without printing: what a running process would take over now.
load_result reload_settings(const cli_context& context);

// The file require_settings() reads, nothing if it takes the defaults.
std::optional<std::string> chosen_config_file(const cli_context& context);

void add_check_command(CLI::App& app, cli_context& context);
void add_version_command(CLI::App& app, cli_context& context);

}  // namespace ferry::app
