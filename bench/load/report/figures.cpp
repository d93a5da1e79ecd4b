#include "load/report/figures.hpp"

namespace ferry::bench {
namespace {

void add_times(const std::string& name, const histogram& h, std::map<std::string, double>& into) {
    if (h.count() == 0) return;
    into["mean_" + name] = h.mean() / 1e6;
    into["std_" + name] = h.deviation() / 1e6;
    into["median_" + name] = into["p50_" + name] = in_ms(h.quantile(0.5));
    into["p90_" + name] = in_ms(h.quantile(0.9));
    into["p95_" + name] = in_ms(h.quantile(0.95));
    into["p99_" + name] = in_ms(h.quantile(0.99));
    into["p999_" + name] = in_ms(h.quantile(0.999));
    into["max_" + name] = in_ms(h.max());
}

}  // namespace

std::map<std::string, double> figures_of(const load_result& result) {
    const tally& c = *result.counts;
    const auto number = [](std::uint64_t n) { return static_cast<double>(n); };
    std::map<std::string, double> found{
        {"duration", result.duration},
        {"completed", number(c.completed)},
        {"failed", number(c.failed)},
        {"total_input_tokens", number(c.input_tokens)},
        {"total_output_tokens", number(c.output_tokens)},
        {"request_throughput", result.per_second(c.completed)},
        {"output_throughput", result.per_second(c.output_tokens)},
        {"total_token_throughput", result.per_second(c.input_tokens + c.output_tokens)},
    };
    if (const auto all = c.completed + c.failed; all > 0) found["error_rate"] = number(c.failed) / number(all);
    if (result.options.slo.any()) {
        found["request_goodput"] = result.per_second(c.good);
        if (const auto all = c.completed + c.failed; all > 0) found["goodput_fraction"] = number(c.good) / number(all);
    }
    for (std::size_t i = 0; i < metric_names.size(); ++i) {
        add_times(std::string(metric_names[i]) + "_ms", c.times(static_cast<metric>(i)), found);
    }
    add_times("generator_lag_ms", c.send_lag, found);
    add_times("receive_lag_ms", c.receive_lag, found);
    return found;
}

}  // namespace ferry::bench
