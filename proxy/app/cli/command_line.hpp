// What all commands of `ferry` have in common: the options of configuration, `help`, `--version`, and the sentence that
// says what is wrong with a command line.
#pragma once

#include <string>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace ferry::app {

struct cli_context;

// Gives every command --config and --set, so that its help shows them; adds `help` and `--version`.
// REQUIRES: all other commands have been added.
void finish_commands(CLI::App& app, cli_context& context);

// "error: unknown command lst; did you mean list?" and the line that says which --help to ask. REQUIRES: parsing `app`
// threw `error`.
std::string usage_error_text(const CLI::App& app, const CLI::ParseError& error);

}  // namespace ferry::app
