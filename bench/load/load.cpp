#include "load/load.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "load/probe.hpp"
#include "load/report/assertion.hpp"
#include "load/report/figures.hpp"
#include "load/report/json.hpp"
#include "load/report/screen.hpp"
#include "load/report/table.hpp"
#include "load/sweep.hpp"

namespace ferry::bench {
namespace {

using file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

file opened(const std::string& name, const char* option) {
    file made(name.empty() ? nullptr : std::fopen(name.c_str(), "w"), std::fclose);
    if (!name.empty() && !made) throw std::runtime_error(std::string(option) + ": cannot write " + name);
    return made;
}

void begin_csv(std::FILE* csv) {
    if (!csv) return;
    std::fputs(
        "due_s,sent_after_ms,model,status,error,ttft_ms,mean_itl_ms,e2el_ms,input_tokens,output_tokens,counted_by,"
        "chunks\n",
        csv);
}

void begin_hdr_log(std::FILE* log) {
    if (!log) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::fprintf(log, "#[Histogram log format version 1.3]\n#[StartTime: %.3f (seconds since epoch)]\n",
                 std::chrono::duration<double>(now).count());
    std::fputs(
        "#[values are nanoseconds, Interval_Max is milliseconds]\n"
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n",
        log);
}

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
    if (!o.sweep.empty() && !(o.csv_file.empty() && o.hdr_log_file.empty() && o.assertions.empty())) {
        throw std::invalid_argument("--csv, --hdr-log and --assert are of one load, not of a --sweep");
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
    const auto csv = opened(options.csv_file, "--csv"), hdr_log = opened(options.hdr_log_file, "--hdr-log");
    opened(options.json_file, "--json");
    begin_csv(csv.get());
    begin_hdr_log(hdr_log.get());
    if (options.probes) look_at_target(load, target);

    const auto screen = options.quiet ? nullptr : make_screen();
    const run_files files{csv.get(), hdr_log.get()};
    int code = 0;
    if (options.sweep.empty()) {
        const auto result = run_load(load, target, screen.get(), files);
        if (screen) screen->over();
        std::cout << table_of(result);
        if (!options.json_file.empty()) write_json(json_of(result), options.json_file);
        code = verdict_of(assertions, result, options.strict);
        if (result.ended.rfind("the target", 0) == 0) code = 1;
    } else {
        sweep all(plan, load);
        all.run(target, screen.get(), files);
        std::cout << all.summary();
        if (!options.json_file.empty()) write_json(all.json(), options.json_file);
        for (const auto& one : all.results()) code |= verdict_of({}, one, options.strict);
    }
    std::cout.flush();
    for (const auto* out : {&csv, &hdr_log}) {
        if (*out && (std::fflush(out->get()) != 0 || std::ferror(out->get()))) {
            throw std::runtime_error("--csv, --hdr-log: not everything could be written");
        }
    }
    return code;
}

}  // namespace ferry::bench
