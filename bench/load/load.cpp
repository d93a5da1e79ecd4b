#include "load/load.hpp"

#include <unistd.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>

#include "load/probe.hpp"
#include "load/report/assertion.hpp"
#include "load/report/figures.hpp"
#include "load/report/json.hpp"
#include "load/report/result_files.hpp"
#include "load/report/screen.hpp"
#include "load/report/table.hpp"
#include "load/sweep.hpp"

namespace ferry::bench {
namespace {

void check(const load_command_options& o) {
    const auto& l = o.load;
    const int loads = (l.concurrency > 0) + (l.rate > 0) + !l.work.trace_file.empty() + !o.sweep.empty();
    if (loads != 1) {
        throw std::invalid_argument("how much load: give one of --concurrency N, --rate R, --trace FILE and --sweep");
    }
    const bool has_end = l.duration.count() > 0 || l.requests > 0 || !l.work.trace_file.empty() ||
                         (!l.work.repeat && !l.work.prompts_file.empty());
    if (!has_end) throw std::invalid_argument("how long: give --duration 30s or --requests N");
    if (l.work.models.empty() && l.work.prompts_file.empty()) throw std::invalid_argument("give --model NAME");
    if (!o.sweep.empty() && !o.assertions.empty()) {
        throw std::invalid_argument("--assert is of one load, not of a --sweep: see what its --json says");
    }
    if (l.max_concurrency > 0 && l.concurrency > 0) {
        throw std::invalid_argument("--max-concurrency is of an open loop (--rate): --concurrency is its own limit");
    }
}

int verdict_of(const std::vector<assertion>& assertions, const load_result& result, bool is_strict) {
    int code = 0;
    const auto figures = figures_of(result);
    for (const auto& one : assertions) {
        const auto why = one.checked(figures);
        if (why.empty()) continue;
        std::cout << "ASSERTION FAILED: " << why << '\n';
        code = 1;
    }
    return is_strict && !result.bottleneck().empty() ? 1 : code;
}

}  // namespace

int run_load_command(const load_command_options& options) {
    check(options);
    load_options load = options.load;
    if (load.work.operation == asked_operation::embeddings) load.work.streamed = false;
    std::vector<assertion> assertions;
    for (const auto& text : options.assertions) assertions.emplace_back(text);
    const sweep_plan plan = options.sweep.empty() ? sweep_plan{} : parsed_sweep(options.sweep);
    const load_target target(load);
    if (!options.yes && !target.where().is_loopback) confirm(load, plan);
    sweep all(plan, load, options.csv_file, options.hdr_log_file);
    const bool is_sweep = !options.sweep.empty();
    std::optional<result_files> files(std::in_place, options.csv_file, options.hdr_log_file,
                                      is_sweep ? all.added_to_names(0) : "");
    if (is_sweep) files.reset();  // they can be written: each point opens its own
    if (!options.json_file.empty() && !std::ofstream(options.json_file)) {
        throw std::runtime_error("--json: cannot write " + options.json_file);
    }
    if (options.probes) look_at_target(load, target);

    const held_endings held;
    const auto screen = options.quiet ? nullptr : make_screen();
    int code = 0;
    if (!is_sweep) {
        const auto result = run_load(load, target, screen.get(), files->view());
        if (screen) screen->over();
        std::cout << table_of(result);
        if (!options.json_file.empty()) write_json(json_of(result), options.json_file);
        code = verdict_of(assertions, result, options.strict);
        if (result.ended.rfind("the target", 0) == 0) code = 1;
        std::cout.flush();
        files->finish();
    } else {
        all.run(target, screen.get());
        std::cout << all.summary();
        if (!options.json_file.empty()) write_json(all.json(), options.json_file);
        for (const auto& one : all.results()) code |= verdict_of({}, one, options.strict);
    }
    std::cout.flush();
    return code;
}

}  // namespace ferry::bench
