#include "load/report/json.hpp"

#include <sys/sysinfo.h>
#include <sys/utsname.h>

#include <boost/json.hpp>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "load/report/figures.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t most_ranges = 300;

double seconds_of(nanoseconds n) {
    return std::chrono::duration<double>(n).count();
}

boost::json::array names_of(const std::vector<weighted>& list) {
    boost::json::array names;
    for (const auto& one : list) names.push_back({{"name", one.name}, {"weight", one.weight}});
    return names;
}

boost::json::object json_of_options(const load_options& o) {
    const auto& w = o.work;
    boost::json::object made{
        {"base_url", o.base_url},
        {"operation", path_of(w.operation).substr(1)},
        {"stream", w.streamed},
        {"models", names_of(w.models)},
        {"keys", w.keys.size()},
        {"concurrency", o.concurrency},
        {"rate", o.rate},
        {"arrival", o.arrivals == arrival_pattern::poisson ? "poisson" : "constant"},
        {"burstiness", o.burstiness},
        {"max_concurrency", o.max_concurrency},
        {"ramp_up", seconds_of(o.ramp_up)},
        {"duration", seconds_of(o.duration)},
        {"requests", o.requests},
        {"warmup", seconds_of(o.warmup)},
        {"timeout", seconds_of(o.timeout)},
        {"input_tokens", w.input_tokens.mean()},
        {"output_tokens", w.output_tokens.mean()},
        {"prompts", w.prompts_file},
        {"trace", w.trace_file},
        {"trace_speed", w.trace_speed},
        {"seed", w.seed},
    };
    return made;
}

boost::json::value json_of_slo(const slo_limits& slo) {
    if (!slo.any()) return nullptr;
    boost::json::object made;
    if (slo.ttft_ms) made["ttft_ms"] = *slo.ttft_ms;
    if (slo.itl_ms) made["itl_ms"] = *slo.itl_ms;
    if (slo.tpot_ms) made["tpot_ms"] = *slo.tpot_ms;
    if (slo.e2el_ms) made["e2el_ms"] = *slo.e2el_ms;
    return made;
}

boost::json::object json_of_ranges(const histogram& h) {
    boost::json::array ranges;
    for (const auto& [upper, count] : h.ranges(most_ranges)) {
        ranges.push_back(boost::json::array{static_cast<double>(upper) / 1000, count});
    }
    return {{"unit", "us"}, {"buckets", std::move(ranges)}};
}

boost::json::array json_of_timeline(const std::vector<timeline_point>& points) {
    boost::json::array made;
    const auto measured = [](double ms) { return ms > 0 ? boost::json::value(ms) : boost::json::value(); };
    for (const auto& p : points) {
        made.push_back({{"t", p.t},
                        {"completed", p.completed},
                        {"failed", p.failed},
                        {"in_flight", p.in_flight},
                        {"output_tokens", p.output_tokens},
                        {"ttft_p50_ms", measured(p.ttft_p50_ms)},
                        {"ttft_p99_ms", measured(p.ttft_p99_ms)},
                        {"itl_p50_ms", measured(p.itl_p50_ms)},
                        {"itl_p99_ms", measured(p.itl_p99_ms)}});
    }
    return made;
}

boost::json::object json_of_errors(const std::map<std::string, error_count>& errors) {
    boost::json::object made;
    for (const auto& [kind, seen] : errors) {
        // What a server sent need not be UTF-8, which JSON must be.
        std::string example;
        for (const char c : seen.example) example += static_cast<unsigned char>(c) < 0x80 ? c : '?';
        made[kind] = {{"count", seen.count}, {"example", example}};
    }
    return made;
}

void add_figures(const load_result& result, boost::json::object& made) {
    const auto figures = figures_of(result);
    static constexpr std::array statistics{"mean", "median", "std", "p50", "p90", "p95", "p99", "p999", "max"};
    for (const auto* name : {"ttft", "tpot", "itl", "e2el", "generator_lag", "receive_lag"}) {
        for (const auto* statistic : statistics) {
            made[std::string(statistic) + "_" + name + "_ms"] = nullptr;
        }
    }
    boost::json::object lag;
    for (const auto* statistic : statistics) {
        const auto found = figures.find(std::string(statistic) + "_generator_lag_ms");
        lag[statistic] = found == figures.end() ? boost::json::value(nullptr) : boost::json::value(found->second);
    }
    made["generator_lag_ms"] = std::move(lag);
    made["request_goodput"] = made["goodput_fraction"] = nullptr;
    for (const auto& [name, value] : figures) made[name] = value;
    const tally& c = *result.counts;
    made["completed"] = c.completed;
    made["failed"] = c.failed;
    made["total_input_tokens"] = c.input_tokens;
    made["total_output_tokens"] = c.output_tokens;
}

}  // namespace

boost::json::object json_of_machine() {
    utsname name{};
    uname(&name);
    struct sysinfo memory {};
    sysinfo(&memory);
    std::string cpu;
    std::ifstream list("/proc/cpuinfo");
    for (std::string line; cpu.empty() && std::getline(list, line);) {
        if (line.rfind("model name", 0) == 0) cpu = line.substr(line.find(": ") + 2);
    }
    const double bytes = static_cast<double>(memory.totalram) * memory.mem_unit;
    return {{"cpu", cpu},
            {"cores", std::thread::hardware_concurrency()},
            {"memory_gib", static_cast<double>(static_cast<int>(bytes / (1 << 30) * 10)) / 10},
            {"kernel", name.release}};
}

boost::json::object json_of(const load_result& result) {
    const tally& c = *result.counts;
    const auto& o = result.options;
    boost::json::object made{{"schema", "ferry-bench/1"}, {"kind", "load"},           {"tool", "ferry-bench"},
                             {"version", FERRY_VERSION},  {"date", result.date},      {"machine", json_of_machine()},
                             {"target", o.base_url},      {"backend", "ferry-bench"}, {"options", json_of_options(o)}};
    made["model_id"] = o.work.models.empty() ? "" : o.work.models.front().name;
    made["num_prompts"] = c.completed + c.failed;
    made["request_rate"] = o.rate > 0 ? boost::json::value(o.rate) : boost::json::value("inf");
    made["max_concurrency"] = o.concurrency > 0       ? boost::json::value(o.concurrency)
                              : o.max_concurrency > 0 ? boost::json::value(o.max_concurrency)
                                                      : boost::json::value(nullptr);
    made["burstiness"] = o.burstiness;
    add_figures(result, made);
    made["errors"] = json_of_errors(c.errors);
    made["warmup_errors"] = json_of_errors(c.warmup_errors);
    made["tokens_counted_by"] = c.untold == 0 ? "usage" : c.told == 0 ? "chunks" : "mixed";
    made["slo"] = json_of_slo(o.slo);
    made["connections"] = {{"opened", c.opened}, {"reused", c.reused}, {"sent_again", c.stale}};
    made["bytes"] = {{"sent", c.bytes_sent}, {"received", c.bytes_received}};
    made["waited_for_max_concurrency"] = c.capped;
    made["abandoned"] = c.abandoned;
    const auto verdict = result.bottleneck();
    made["bottleneck"] = verdict.empty() ? boost::json::value(nullptr) : boost::json::value(verdict);
    made["generator"] = {{"cpu_fraction", result.busy}, {"waited_for_cpu_fraction", result.waited}};
    made["ended_early"] = result.ended.empty() ? boost::json::value(nullptr) : boost::json::value(result.ended);
    boost::json::object histograms;
    for (std::size_t i = 0; i < metric_names.size(); ++i) {
        histograms[metric_names[i]] = json_of_ranges(c.times(static_cast<metric>(i)));
    }
    histograms["generator_lag"] = json_of_ranges(c.send_lag);
    histograms["receive_lag"] = json_of_ranges(c.receive_lag);
    made["histograms"] = std::move(histograms);
    made["timeline"] = json_of_timeline(c.timeline);
    return made;
}

void write_json(const boost::json::object& object, const std::string& file) {
    std::ofstream out(file);
    out << boost::json::serialize(object) << '\n';
    out.flush();
    if (!out) throw std::runtime_error("--json: cannot write " + file);
}

}  // namespace ferry::bench
