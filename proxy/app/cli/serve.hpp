#pragma once

namespace CLI {
class App;
}

namespace ferry::app {

struct cli_context;

// `serve`: runs the proxy until SIGTERM or SIGINT; prints one line when it is ready.
void add_serve_command(CLI::App& app, cli_context& context);

}  // namespace ferry::app
