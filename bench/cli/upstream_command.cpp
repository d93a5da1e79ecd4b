#include "cli/upstream_command.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <map>
#include <memory>
#include <string>

#include "upstream/presets.hpp"
#include "upstream/server.hpp"

namespace ferry::bench {
namespace {

void add_tls_versions(CLI::App& to, upstream_options& options) {
    static const std::map<std::string, int> versions{{"1.2", TLS1_2_VERSION}, {"1.3", TLS1_3_VERSION}};
    const CLI::CheckedTransformer known(versions);
    to.add_option("--tls-min", options.tls_allowed.lowest, "lowest TLS version")->transform(known);
    to.add_option("--tls-max", options.tls_allowed.highest, "highest TLS version")->transform(known);
}

void add_milliseconds(CLI::App& to, const char* name, std::chrono::microseconds& into, const char* text) {
    const auto set = [&into](const double& ms) { into = std::chrono::microseconds(std::llround(ms * 1000)); };
    to.add_option_function<double>(name, set, text)->check(CLI::Range(0.0, 1e8))->type_name("MS");
}

void add_network(CLI::App& to, network& way) {
    to.add_option("--mss", way.mss, "bytes of a TCP segment, at most")->check(CLI::Range(88, 65495));
    to.add_option("--receive-buffer", way.receive_buffer, "SO_RCVBUF, bytes")->check(CLI::PositiveNumber);
    to.add_option("--send-buffer", way.send_buffer, "SO_SNDBUF, bytes")->check(CLI::PositiveNumber);
    add_milliseconds(to, "--read-delay-ms", way.read_delay, "how late arrives what a client sends");
    add_milliseconds(to, "--write-delay-ms", way.write_delay, "how late a client gets what is sent to it");
    to.add_option("--window", way.window, "with a delay: bytes under way at most, per direction")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    add_milliseconds(to, "--tickets-after-ms", way.tickets_after,
                     "TLS 1.3: session tickets so long after the handshake");
    add_milliseconds(to, "--interim-after-ms", way.interim_after,
                     "100 Continue so long after a request's head, asked for or not");
}

void add_pauses(CLI::App& to, pauses& still) {
    add_milliseconds(to, "--pause-every-ms", still.every, "stand still every so often, with --pause-ms");
    add_milliseconds(to, "--pause-ms", still.lasting, "for so long: nothing is accepted, read or sent");
}

}  // namespace

command add_upstream_command(CLI::App& app) {
    const auto options = std::make_shared<upstream_options>();
    const auto forgets = std::make_shared<bool>(false);
    auto* upstream = app.add_subcommand("upstream", "A scriptable mock provider with a ledger of what it received.");
    upstream->add_option("--listen", options->listen, "host:port; port 0 takes a free one")->capture_default_str();
    upstream->add_option("--threads", options->threads, "workers")->capture_default_str()->check(CLI::Range(1, 64));
    upstream->add_option("--script", options->script_file, "JSON file with rules (see README.md in bench/)");
    upstream->add_option("--preset", options->preset, "imitate a server: " + preset_names())->type_name("NAME");
    upstream->add_option("--tls-cert", options->tls_certificate, "PEM certificate chain: serve https");
    upstream->add_option("--tls-key", options->tls_key, "PEM private key of --tls-cert");
    add_tls_versions(*upstream, *options);
    add_network(*upstream, options->way);
    add_pauses(*upstream, options->standing_still);
    upstream->add_option("--ledger", options->ledger_file, "append a JSON line per finished request to this file");
    upstream->add_flag("--no-record", *forgets, "keep counters only, no requests in memory");
    upstream->add_flag("--sha256", options->sha256, "hash every body received and served");
    upstream->add_option("--seed", options->seed, "of random token counts")->capture_default_str();
    upstream->add_option("--port-file", options->port_file, "write the port to this file when ready");
    return {upstream, [options, forgets] {
                options->record = !*forgets;
                return run_upstream(*options);
            }};
}

}  // namespace ferry::bench
