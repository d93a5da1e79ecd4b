#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

#include "upstream/server.hpp"

int main(int argc, char** argv) {
    using ferry::bench::upstream_options;
    CLI::App app("Tools to test and measure an OpenAI-compatible proxy.", "ferry-bench");
    app.set_version_flag("--version", FERRY_VERSION);
    app.require_subcommand(1);

    upstream_options options;
    bool forgets = false;
    auto* upstream = app.add_subcommand("upstream", "A scriptable mock provider with a ledger of what it received.");
    upstream->add_option("--listen", options.listen, "host:port; port 0 takes a free one")->capture_default_str();
    upstream->add_option("--threads", options.threads, "workers")->capture_default_str()->check(CLI::Range(1, 64));
    upstream->add_option("--script", options.script_file, "JSON file with rules (see README.md in bench/)");
    upstream->add_option("--tls-cert", options.tls_certificate, "PEM certificate chain: serve https");
    upstream->add_option("--tls-key", options.tls_key, "PEM private key of --tls-cert");
    upstream->add_option("--ledger", options.ledger_file, "append a JSON line per finished request to this file");
    upstream->add_flag("--no-record", forgets, "keep counters only, no requests in memory");
    upstream->add_flag("--sha256", options.sha256, "hash every body served");
    upstream->add_option("--seed", options.seed, "of random token counts")->capture_default_str();
    upstream->add_option("--port-file", options.port_file, "write the port to this file when ready");

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : 2;
    }
    try {
        options.record = !forgets;
        return run_upstream(options);
    } catch (const std::exception& e) {
        std::cerr << "ferry-bench: " << e.what() << '\n';
        return 2;
    }
}
