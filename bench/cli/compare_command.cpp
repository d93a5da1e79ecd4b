#include "cli/compare_command.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "cli/workload_options.hpp"
#include "compare/compare.hpp"

namespace ferry::bench {
namespace {

using texts = std::vector<std::string>;

struct compare_texts {
    compare_options made;
    load_options each;
    texts targets, models, keys, processes;
    std::string duration = "2s";
};

// "name=value" in two; throws in words that name the option.
std::pair<std::string, std::string> name_and_value(const std::string& text, const char* option, const char* example) {
    const auto equals = text.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
        throw std::invalid_argument(std::string(option) + " " + text + ": give NAME=..., as in " + example);
    }
    return {text.substr(0, equals), text.substr(equals + 1)};
}

compared_target& target_named(compare_options& o, const std::string& name, const char* option) {
    const auto found =
        std::find_if(o.targets.begin(), o.targets.end(), [&](const compared_target& one) { return one.name == name; });
    if (found != o.targets.end()) return *found;
    throw std::invalid_argument(std::string(option) + ": no --target is named " + name);
}

nanoseconds seconds_in(const std::string& duration) {
    const auto ms = std::strtod(in_milliseconds(duration).c_str(), nullptr);
    if (!(ms >= 100) || ms > 1e7) throw std::invalid_argument("--duration " + duration + ": give 100ms or more");
    return nanoseconds(std::llround(ms * 1e6));
}

pid_t process_in(const std::string& text) {
    if (text.size() > 9 || text.find_first_not_of("0123456789") != std::string::npos) {
        throw std::invalid_argument("--pid: " + text + " is no process number");
    }
    return static_cast<pid_t>(std::stol(text));
}

void name_targets(compare_texts& o) {
    for (const auto& text : o.targets) {
        const auto named = name_and_value(text, "--target", "--target direct=http://127.0.0.1:8000/v1");
        for (const auto& other : o.made.targets) {
            if (other.name == named.first) throw std::invalid_argument("--target: two are named " + named.first);
        }
        compared_target made{named.first, o.each, std::nullopt};
        made.load.base_url = named.second;
        o.made.targets.push_back(std::move(made));
    }
    if (o.made.targets.size() < 2) throw std::invalid_argument("give --target NAME=URL twice or more often");
}

compare_options options_in(compare_texts& o) {
    if ((o.each.concurrency > 0) == (o.each.rate > 0)) {
        throw std::invalid_argument("how much load: give one of --concurrency N and --rate R");
    }
    if (!o.each.work.trace_file.empty()) throw std::invalid_argument("--trace: runs of compare replay no traces");
    const char* key = std::getenv("FERRY_BENCH_API_KEY");
    if (o.each.work.keys.empty() && key && *key) o.each.work.keys.push_back({key, 1});
    if (o.each.work.operation == asked_operation::embeddings) o.each.work.streamed = false;
    if (o.each.requests == 0) o.each.duration = seconds_in(o.duration);
    name_targets(o);
    for (const auto& text : o.models) {
        const auto named = name_and_value(text, "--model-of", "--model-of direct=llama-3");
        target_named(o.made, named.first, "--model-of").load.work.models = {{named.second, 1}};
    }
    for (const auto& text : o.keys) {
        const auto named = name_and_value(text, "--api-key-of", "--api-key-of direct=sk-...");
        target_named(o.made, named.first, "--api-key-of").load.work.keys = {{named.second, 1}};
    }
    for (const auto& text : o.processes) {
        const auto named = name_and_value(text, "--pid", "--pid direct=1234");
        target_named(o.made, named.first, "--pid").server = process_in(named.second);
    }
    for (const auto& one : o.made.targets) {
        if (one.load.work.models.empty() && one.load.work.prompts_file.empty()) {
            throw std::invalid_argument("give --model NAME, or --model-of " + one.name + "=NAME");
        }
    }
    return o.made;
}

void add_texts(CLI::App& to, const char* name, texts& into, const char* form, const char* help) {
    to.add_option(name, into, help)->type_name(form)->allow_extra_args(false);
}

}  // namespace

command add_compare_command(CLI::App& app) {
    const auto o = std::make_shared<compare_texts>();
    auto* compare =
        app.add_subcommand("compare", "Runs two or more targets in turns, and tells what differs for sure.");
    add_texts(*compare, "--target", o->targets, "NAME=URL", "twice or more; the first is what others are held against");
    add_texts(*compare, "--model-of", o->models, "NAME=MODEL", "of that target, in place of --model");
    add_texts(*compare, "--api-key-of", o->keys, "NAME=KEY", "of that target, in place of --api-key");
    add_texts(*compare, "--pid", o->processes, "NAME=PID", "of the target's server: its CPU time and memory are told");
    compare->add_option("--rounds", o->made.rounds, "each runs every target forth and back")->capture_default_str();
    compare->add_option("--concurrency", o->each.concurrency, "closed loop: clients that ask when they are answered")
        ->check(CLI::Range(1u, 1'000'000u));
    compare->add_option("--rate", o->each.rate, "open loop: requests a second that wait for nothing")
        ->check(CLI::Range(1e-6, 1e7));
    compare->add_option("--duration", o->duration, "of one run")->capture_default_str()->type_name("DURATION");
    compare->add_option("--requests", o->each.requests, "of one run, in place of --duration")
        ->check(CLI::Range(1.0, 1e12));
    add_texts(*compare, "--header", o->each.headers, "'Name: value'", "repeat for several");
    compare->add_flag("--insecure", o->each.insecure, "take any certificate");
    compare->add_option("--ca-file", o->each.ca_file, "PEM certificates to verify by, in place of the machine's");
    add_workload_options(*compare, o->each.work);
    compare->add_option("--json", o->made.json_file, "all that was seen, as JSON: for ferry-bench report");
    compare->add_flag("--strict", o->made.strict, "exit code 1 if the generator was the bottleneck");
    compare->add_flag("--yes", o->made.yes, "do not ask before load on another machine");
    compare->add_flag("--quiet", o->made.quiet, "say nothing while it runs");
    compare->add_flag("!--no-probe", o->made.probes, "begin without a first request that sees whether all is well");
    return {compare, [o] { return run_compare_command(options_in(*o)); }};
}

}  // namespace ferry::bench
