// `ferry keys import`.
#pragma once

namespace CLI {
class App;
}

namespace ferry::app {

struct cli_context;

void add_import_command(CLI::App& keys, cli_context& context);

}  // namespace ferry::app
