#include "cli/load_command.hpp"

#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdlib>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>

#include "cli/workload_options.hpp"
#include "load/load.hpp"

namespace ferry::bench {
namespace {

// "30s", "500ms", "2m", "1h", "1.5"; a bare number is seconds.
nanoseconds parsed_duration(const std::string& text, const std::string& option) {
    static const std::map<std::string, double> units{{"", 1},     {"s", 1},      {"ms", 1e-3}, {"us", 1e-6},
                                                     {"m", 60.0}, {"min", 60.0}, {"h", 3600.0}};
    char* end = nullptr;
    const double number = std::strtod(text.c_str(), &end);
    const auto unit = units.find(end);
    if (end == text.c_str() || unit == units.end() || !(number >= 0) || number * unit->second > 1e7) {
        throw std::invalid_argument(option + " " + text + ": give a duration such as 30s, 500ms, 2m or 1h");
    }
    return nanoseconds(std::llround(number * unit->second * 1e9));
}

void add_duration(CLI::App& to, const std::string& name, nanoseconds& into, const std::string& text) {
    const auto set = [&into, name](const std::string& value) { into = parsed_duration(value, name); };
    to.add_option_function<std::string>(name, set, text)->type_name("DURATION");
}

void set_slo(const std::string& text, slo_limits& slo) {
    const std::map<std::string, std::optional<double>*> known{
        {"ttft", &slo.ttft_ms}, {"itl", &slo.itl_ms}, {"tpot", &slo.tpot_ms}, {"e2el", &slo.e2el_ms}};
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(',', at), text.size());
        const auto one = text.substr(at, end - at);
        const auto equals = one.find('=');
        const auto found = known.find(one.substr(0, equals));
        if (equals == std::string::npos || found == known.end()) {
            throw std::invalid_argument("--slo " + text +
                                        ": give limits of ttft, itl, tpot and e2el, as in "
                                        "ttft=500ms,itl=50ms");
        }
        *found->second =
            std::chrono::duration<double, std::milli>(parsed_duration(one.substr(equals + 1), "--slo")).count();
        at = end + 1;
    }
}

void add_target(CLI::App& to, load_options& o) {
    to.add_option("--base-url", o.base_url, "of the target, as an OpenAI client is given it: http://host:port/v1")
        ->required();
    to.add_option("--header", o.headers, "'Name: value'; repeat for several")->allow_extra_args(false);
    to.add_flag("--insecure", o.insecure, "take any certificate");
    to.add_option("--ca-file", o.ca_file, "PEM certificates to verify by, in place of the machine's");
}

void add_load(CLI::App& to, load_options& o) {
    static const std::map<std::string, arrival_pattern> patterns{{"poisson", arrival_pattern::poisson},
                                                                 {"constant", arrival_pattern::constant}};
    to.add_option("--concurrency", o.concurrency, "closed loop: clients that ask when they are answered")
        ->check(CLI::Range(1u, 1'000'000u));
    to.add_option("--rate", o.rate, "open loop: requests a second that wait for nothing")->check(CLI::Range(1e-6, 1e7));
    to.add_option("--arrival", o.arrivals, "of --rate: poisson (the default) or constant")
        ->transform(CLI::CheckedTransformer(patterns).description(""))
        ->type_name("poisson|constant");
    to.add_option("--burstiness", o.burstiness, "of poisson: below 1 in bursts, above 1 more even")
        ->check(CLI::Range(0.01, 1000.0));
    to.add_option("--max-concurrency", o.max_concurrency, "of --rate: at most so many under way; the rest waits")
        ->check(CLI::Range(1u, 1'000'000u));
    add_duration(to, "--ramp-up", o.ramp_up, "from nothing to the full load in so long");
    add_duration(to, "--duration", o.duration, "of what is measured");
    to.add_option("--requests", o.requests, "so many are measured")->check(CLI::PositiveNumber)->type_name("N");
    add_duration(to, "--warmup", o.warmup, "load before that, left out of all numbers");
    add_duration(to, "--timeout", o.timeout, "of a request (10m)");
    add_duration(to, "--grace", o.grace, "after --duration, for what is under way (60s)");
    add_duration(to, "--give-up", o.give_up,
                 "ends the run when nothing came for so long (60s), or no connection for a twelfth of it");
}

void add_results(CLI::App& to, load_command_options& o) {
    to.add_option("--sweep", o.sweep, "concurrency=1..256 or rate=1..1000[:STEP]: until the target breaks");
    to.add_option_function<std::string>(
        "--slo", [&o](const std::string& t) { set_slo(t, o.load.slo); },
        "ttft=500ms,itl=50ms (and tpot, e2el): counts who keeps within");
    to.add_option("--assert", o.assertions, "'p99_ttft_ms<500': exit code 1 if not; repeat for several")
        ->allow_extra_args(false);
    to.add_option("--json", o.json_file, "all that was seen, as JSON");
    to.add_option("--csv", o.csv_file, "a line for each request");
    to.add_option("--hdr-log", o.hdr_log_file, "HdrHistogram log of every second, tagged by metric");
    to.add_flag("--strict", o.strict, "exit code 1 if the generator was the bottleneck");
    to.add_flag("--yes", o.yes, "do not ask before load on another machine");
    to.add_flag("--quiet", o.quiet, "say nothing while it runs");
    to.add_flag("!--no-probe", o.probes, "begin without a first request that sees whether all is well");
}

}  // namespace

command add_load_command(CLI::App& app) {
    const auto options = std::make_shared<load_command_options>();
    auto* load = app.add_subcommand("load", "Puts an OpenAI-compatible server under load and tells how it bears it.");
    add_target(*load, options->load);
    add_load(*load, options->load);
    add_workload_options(*load, options->load.work);
    add_results(*load, *options);
    return {load, [options] { return run_load_command(*options); }};
}

}  // namespace ferry::bench
