#include "compare/comparison.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace ferry::bench {
namespace {

struct compared_metric {
    const char* key;
    const char* unit;
    const char* name;
};

constexpr std::array compared_metrics{
    compared_metric{"p50_ttft_ms", "ms", "TTFT p50, ms"},
    compared_metric{"p99_ttft_ms", "ms", "TTFT p99, ms"},
    compared_metric{"p50_itl_ms", "ms", "ITL p50, ms"},
    compared_metric{"p50_e2el_ms", "ms", "end to end p50, ms"},
    compared_metric{"p99_e2el_ms", "ms", "end to end p99, ms"},
    compared_metric{"request_throughput", "requests/s", "requests/s"},
    compared_metric{"failed_percent", "%", "failed, %"},
    compared_metric{"server_cpu_us_per_request", "us", "server CPU, us/request"},
    compared_metric{"server_memory_mib", "MiB", "server memory, MiB"},
};

// The mean of a target's runs by round, where all of them measured it.
std::map<std::size_t, double> by_round(const compared_runs& target, const char* key) {
    std::map<std::size_t, double> sums;
    std::map<std::size_t, int> counts, missing;
    for (const auto& run : target.runs) {
        const auto found = run.figures.find(key);
        if (found == run.figures.end()) {
            ++missing[run.round];
            continue;
        }
        sums[run.round] += found->second;
        ++counts[run.round];
    }
    for (const auto& [round, count] : counts) sums[round] /= count;
    for (const auto& one : missing) sums.erase(one.first);
    return sums;
}

std::vector<round_pair> rounds_of(const compared_runs& a, const compared_runs& b, const char* key) {
    const auto of_a = by_round(a, key), of_b = by_round(b, key);
    std::vector<round_pair> made;
    for (const auto& [round, value] : of_a) {
        const auto other = of_b.find(round);
        if (other != of_b.end()) made.push_back({value, other->second});
    }
    return made;
}

bool is_all_zero(const std::vector<round_pair>& rounds) {
    return std::all_of(rounds.begin(), rounds.end(), [](const round_pair& one) { return one.a == 0 && one.b == 0; });
}

template <class... Values>
std::string printed(const char* form, Values... values) {
    char text[256];
    std::snprintf(text, sizeof text, form, values...);
    return text;
}

// As many decimals as make three digits of `size`.
int decimals_of(double size) {
    if (size == 0) return 0;
    return std::clamp(2 - static_cast<int>(std::floor(std::log10(std::abs(size)))), 0, 4);
}

std::string row_of(const char* name, const paired_difference& d) {
    const int wide = std::max(decimals_of(std::min(std::abs(d.a), std::abs(d.b))), 0);
    const int fine = decimals_of(std::max(std::abs(d.low), std::abs(d.high)));
    const int shown = d.told ? std::max(wide, decimals_of(d.difference) - 2) : wide;
    std::string row = printed("%-24s%12.*f%12.*f  ", name, shown, d.a, shown, d.b);
    const auto interval = printed("%+.*f to %+.*f", fine, d.low, fine, d.high);
    if (!d.told) return row + "no difference can be told (" + interval + ")\n";
    row += printed("%+.*f (", fine, d.difference) + interval + ")";
    return row + (d.a != 0 ? printed(", %+.1f %%\n", 100 * d.difference / d.a) : "\n");
}

}  // namespace

std::vector<told_difference> differences_of(const std::vector<compared_runs>& targets, std::uint64_t seed) {
    struct comparison {
        const compared_metric* metric;
        const compared_runs* target;
        std::vector<round_pair> rounds;
    };
    std::vector<comparison> compared;
    for (std::size_t i = 1; i < targets.size(); ++i) {
        for (const auto& metric : compared_metrics) {
            auto rounds = rounds_of(targets.front(), targets[i], metric.key);
            if (rounds.size() < fewest_rounds || is_all_zero(rounds)) continue;
            compared.push_back({&metric, &targets[i], std::move(rounds)});
        }
    }
    std::vector<told_difference> made;
    for (const auto& one : compared) {
        made.push_back({one.metric->key, one.metric->unit, targets.front().name, one.target->name,
                        difference_of(one.rounds, compared.size(), seed + made.size())});
    }
    return made;
}

boost::json::object json_of(const told_difference& one) {
    const auto& d = one.found;
    return {{"metric", one.metric},
            {"unit", one.unit},
            {"against", one.against},
            {"target", one.target},
            {"a", d.a},
            {"b", d.b},
            {"difference", d.difference},
            {"low", d.low},
            {"high", d.high},
            {"told", d.told}};
}

std::string table_of(const std::vector<told_difference>& differences) {
    std::string out, target;
    for (const auto& one : differences) {
        if (one.target != target) {
            target = one.target;
            out +=
                printed("\n%-24s%12.11s%12.11s  difference (interval)\n", "", one.against.c_str(), one.target.c_str());
        }
        const auto metric = std::find_if(compared_metrics.begin(), compared_metrics.end(),
                                         [&](const compared_metric& m) { return one.metric == m.key; });
        out += row_of(metric->name, one.found);
    }
    return out;
}

}  // namespace ferry::bench
