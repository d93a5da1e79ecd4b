#include "cli/relay_command.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "relay/relay.hpp"

namespace ferry::bench {

command add_relay_command(CLI::App& app) {
    const auto options = std::make_shared<relay_options>();
    auto* relay = app.add_subcommand("relay", "Passes bytes on unread: the floor of what a gateway costs.");
    relay->add_option("--listen", options->listen, "host:port; port 0 takes a free one")->capture_default_str();
    relay->add_option("--to", options->to, "host:port of the server")->required();
    return {relay, [options] { return run_relay(*options); }};
}

}  // namespace ferry::bench
