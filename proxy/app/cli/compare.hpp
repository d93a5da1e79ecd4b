#pragma once

namespace CLI {
class App;
}

namespace ferry::app {

struct cli_context;

// `ferry compare`: one prompt to several models of a running Ferry. Ended by Ctrl-C, it exits with 130.
void add_compare_command(CLI::App& app, cli_context& context);

}  // namespace ferry::app
