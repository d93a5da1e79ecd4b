#include "app/cli/usage_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/table.hpp"
#include "base/utf8.hpp"

namespace ferry::app {
namespace {

constexpr std::size_t most_of_label = 36;

struct column {
    table_column head;
    std::string (*cell)(usage_sums& sums, const std::string& currency);
    bool (*is_wanted)(const usage_sums& sums);
    bool is_latency = false;
};

bool always(const usage_sums&) {
    return true;
}
bool has_first_tokens(const usage_sums& sums) {
    return !sums.first_tokens_us.empty();
}

std::string whole(int128 value) {
    return format_decimal(value, 0);
}

std::string median_of(std::vector<std::int64_t>& times_us) {
    return times_us.empty() ? "-" : span_text(percentile(times_us, 50));
}
std::string slow_of(std::vector<std::int64_t>& times_us) {
    return times_us.empty() ? "-" : span_text(percentile(times_us, 95));
}

const std::vector<column>& all_columns() {
    using sums = usage_sums;
    using text = const std::string;
    static const std::vector<column> all = {
        {{"requests", align::right}, [](sums& s, text&) { return whole(s.requests); }, always},
        {{"errors", align::right}, [](sums& s, text&) { return whole(s.errors); }, always},
        {{"input", align::right}, [](sums& s, text&) { return whole(s.prompt_tokens); }, always},
        {{"cached", align::right},
         [](sums& s, text&) { return whole(s.cached_tokens); },
         [](const sums& s) { return s.cached_tokens != 0; }},
        {{"output", align::right}, [](sums& s, text&) { return whole(s.completion_tokens); }, always},
        {{"cost", align::right},
         [](sums& s, text& currency) { return money_text(s.cost_pico) + (currency.empty() ? "" : " " + currency); },
         always},
        {{"p50", align::right}, [](sums& s, text&) { return median_of(s.durations_us); }, always, true},
        {{"p95", align::right}, [](sums& s, text&) { return slow_of(s.durations_us); }, always, true},
        {{"TTFT p50", align::right},
         [](sums& s, text&) { return median_of(s.first_tokens_us); },
         has_first_tokens,
         true},
        {{"TTFT p95", align::right}, [](sums& s, text&) { return slow_of(s.first_tokens_us); }, has_first_tokens, true},
        {{"units"}, [](sums& s, text&) { return units_text(s); }, [](const sums& s) { return !s.units.empty(); }},
    };
    return all;
}

std::string clipped(const std::string& label) {
    if (label.size() <= most_of_label) return label;
    return std::string(clip_utf8(label, most_of_label - 2)) + "..";
}

// One line for each currency, where it has several.
usage_report::groups totals_of(const usage_report::groups& groups, std::size_t labels) {
    usage_report::groups totals;
    std::map<std::string, std::size_t> lines;
    for (const auto& [group, sums] : groups) {
        std::vector<std::string> label(labels);
        label.front() = "total";
        totals[{std::move(label), group.second}].add(sums);
        ++lines[group.second];
    }
    std::erase_if(totals, [&lines](const auto& total) { return lines[total.first.second] < 2; });
    return totals;
}

}  // namespace

std::string money_text(int128 pico) {
    constexpr int places = 6;
    constexpr int128 micro = 1'000'000;
    const int128 rounded = (pico + micro / 2) / micro;
    if (rounded == 0 && pico > 0) return "<0.000001";
    return format_decimal(rounded, places);
}

std::string span_text(std::int64_t time_us) {
    if (time_us < 1000) return fmt::format("{} us", time_us);
    const auto time = static_cast<double>(time_us);
    return time_us < 1'000'000 ? fmt::format("{:.1f} ms", time / 1e3) : fmt::format("{:.2f} s", time / 1e6);
}

std::string usage_table(const std::vector<std::string>& titles, usage_report::groups& groups, bool has_latency) {
    std::vector<column> shown;
    for (const auto& one : all_columns()) {
        const bool is_there = std::any_of(groups.begin(), groups.end(),
                                          [&one](const auto& group) { return one.is_wanted(group.second); });
        if (is_there && (has_latency || !one.is_latency)) shown.push_back(one);
    }
    std::vector<table_column> heads;
    for (const auto& title : titles) heads.push_back({title});
    for (const auto& one : shown) heads.push_back(one.head);
    std::vector<std::vector<std::string>> cells;
    const auto add = [&](usage_report::groups& some) {
        for (auto& [group, sums] : some) {
            std::vector<std::string> line;
            for (const auto& label : group.first) line.push_back(clipped(label));
            for (const auto& one : shown) line.push_back(one.cell(sums, group.second));
            cells.push_back(std::move(line));
        }
    };
    add(groups);
    if (!titles.empty()) {
        auto totals = totals_of(groups, titles.size());
        add(totals);
    }
    return aligned_table(heads, cells);
}

}  // namespace ferry::app
