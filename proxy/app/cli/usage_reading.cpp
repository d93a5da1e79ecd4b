#include "app/cli/usage_reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <optional>
#include <set>
#include <stdexcept>

#include "base/time_text.hpp"

namespace ferry::app {
namespace {

constexpr std::int64_t second_us = 1'000'000, hour_us = 3'600 * second_us, day_us = 24 * hour_us;

bool has(const reading_plan& plan, std::string_view dimension) {
    return std::find(plan.dimensions.begin(), plan.dimensions.end(), dimension) != plan.dimensions.end();
}

store::sums_by columns_of(const reading_plan& plan) {
    store::sums_by by;
    const bool is_local_day = plan.is_local && has(plan, "day");
    by.hour = has(plan, "hour") || is_local_day;
    by.day = has(plan, "day") && !by.hour;
    by.key = has(plan, "key");
    by.user = has(plan, "user");
    by.team = has(plan, "team");
    by.model = has(plan, "model");
    by.provider = has(plan, "provider");
    by.operation = has(plan, "operation");
    by.basis = has(plan, "basis");
    by.end_reason = has(plan, "end_reason");
    return by;
}

// What sums that were kept per day know besides their day.
bool is_known_to_day_sums(const store::usage_filter& wanted, const store::sums_by& by) {
    const bool asks_more = by.hour || by.user || by.team || by.model || by.operation || by.basis || by.end_reason;
    return !asks_more && !wanted.user_ids && !wanted.team_ids && !wanted.model_name && !wanted.operation;
}

void require_whole_hours(const store::sum_row& sums) {
    const std::time_t seconds = parse_time(sums.hour).value_or(0) / second_us;
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    if (parts.tm_min != 0)
        throw std::runtime_error(
            "--no-latency adds up hours of UTC, and this machine's time is not whole hours from it: leave --local or "
            "--no-latency out");
}

std::int64_t rounded_up(std::int64_t time_us, std::int64_t unit) {
    return (time_us + unit - 1) / unit * unit;
}

}  // namespace

void read_sums(store::usage_store& usage, const store::usage_filter& wanted, const reading_plan& plan,
               usage_report& report) {
    const auto by = columns_of(plan);
    const auto last_day = usage.last_day_sum({wanted.since_us, wanted.until_us});
    if (!last_day.empty() && !is_known_to_day_sums(wanted, by))
        throw std::runtime_error(fmt::format(
            "up to {} sums were kept per day and know key, provider and day alone: begin later with --since, "
            "or leave --no-latency out",
            last_day));
    const auto unit = last_day.empty() ? hour_us : day_us;
    const auto add_row = [&report](const store::usage_row& row) { report.add(row); };
    store::usage_filter whole = wanted, before = wanted, after = wanted;
    if (wanted.since_us) before.until_us = whole.since_us = rounded_up(*wanted.since_us, unit);
    if (wanted.until_us) after.since_us = whole.until_us = *wanted.until_us / unit * unit;
    if (whole.since_us && whole.until_us && *whole.since_us >= *whole.until_us) return usage.scan(wanted, add_row);
    if (wanted.since_us && before.until_us != before.since_us) usage.scan(before, add_row);
    usage.scan_sums(whole, by, [&](const store::sum_row& sums) {
        if (plan.is_local && by.hour) require_whole_hours(sums);
        report.add(sums);
    });
    if (wanted.until_us && after.since_us != after.until_us) usage.scan(after, add_row);
}

void read_rows(store::usage_store& usage, const store::usage_filter& wanted, usage_report& report) {
    const auto add_row = [&report](const store::usage_row& row) { report.add(row); };
    if (!wanted.key_ids) return usage.scan(wanted, add_row);
    store::usage_filter days;
    days.key_ids = wanted.key_ids;
    if (wanted.since_us) days.since_us = *wanted.since_us / day_us * day_us;
    if (wanted.until_us) days.until_us = rounded_up(*wanted.until_us, day_us);
    std::set<std::int64_t> begins;
    usage.scan_sums(days, {.day = true}, [&begins](const store::sum_row& sums) {
        if (const auto begin = parse_time(sums.hour)) begins.insert(*begin);
    });
    // Days that follow each other are read at once.
    std::vector<store::usage_filter> runs;
    for (const auto begin : begins) {
        if (runs.empty() || *runs.back().until_us != begin) runs.emplace_back(wanted).since_us = begin;
        runs.back().until_us = begin + day_us;
    }
    for (auto& run : runs) {
        if (wanted.since_us) run.since_us = std::max(*run.since_us, *wanted.since_us);
        if (wanted.until_us) run.until_us = std::min(*run.until_us, *wanted.until_us);
        usage.scan(run, add_row);
    }
}

}  // namespace ferry::app
