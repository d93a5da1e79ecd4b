#include "app/cli/usage_report.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "app/cli/table.hpp"
#include "app/cli/usage_table.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

// A column of figures: numbers are written into JSON as numbers, money as a string (a JSON number would be read as
// floating point).
struct figure {
    std::string_view title;
    bool is_number;
    bool is_latency = false;  // sums of hours do not know it
};
constexpr std::array<figure, 13> figures = {{{"requests", true},
                                             {"errors", true},
                                             {"prompt_tokens", true},
                                             {"completion_tokens", true},
                                             {"cached_tokens", true},
                                             {"total_tokens", true},
                                             {"cost", false},
                                             {"currency", false},
                                             {"p50_us", true, true},
                                             {"p95_us", true, true},
                                             {"first_token_p50_us", true, true},
                                             {"first_token_p95_us", true, true},
                                             {"units", false}}};

// The places of those that are shown.
std::vector<std::size_t> shown(bool has_latency) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < figures.size(); ++i) {
        if (has_latency || !figures[i].is_latency) places.push_back(i);
    }
    return places;
}

std::vector<std::string> figures_of(usage_sums& sums, const std::string& currency) {
    const auto whole = [](int128 value) { return format_decimal(value, 0); };
    return {whole(sums.requests),
            whole(sums.errors),
            whole(sums.prompt_tokens),
            whole(sums.completion_tokens),
            whole(sums.cached_tokens),
            whole(sums.total_tokens),
            format_decimal(sums.cost_pico, money_scale),
            currency,
            whole(percentile(sums.durations_us, 50)),
            whole(percentile(sums.durations_us, 95)),
            whole(percentile(sums.first_tokens_us, 50)),
            whole(percentile(sums.first_tokens_us, 95)),
            units_text(sums)};
}

// What sums of the store and those of a report have in common.
template <class Sums>
void add_counts(usage_sums& to, const Sums& from) {
    to.requests += from.requests;
    to.errors += from.errors;
    to.prompt_tokens += from.prompt_tokens;
    to.completion_tokens += from.completion_tokens;
    to.cached_tokens += from.cached_tokens;
    to.total_tokens += from.total_tokens;
    to.cost_pico += from.cost_pico;
}

}  // namespace

std::string units_text(const usage_sums& sums) {
    std::string text;
    for (const auto& [kind, count] : sums.units) {
        text.append(text.empty() ? "" : ", ").append(format_decimal(count, 0)).append(" ").append(kind);
    }
    return text;
}

void usage_sums::add(const store::usage_row& row) {
    ++requests;
    if (store::counts_as_error(row.status, row.error_code.has_value())) ++errors;
    prompt_tokens += row.prompt_tokens.value_or(0);
    completion_tokens += row.completion_tokens.value_or(0);
    cached_tokens += row.cached_tokens.value_or(0);
    total_tokens += row.total_tokens.value_or(0);
    cost_pico += row.cost_pico;
    if (row.units && row.unit_kind) units[*row.unit_kind] += *row.units;
    durations_us.push_back(row.duration_us);
    if (row.ttft_us) first_tokens_us.push_back(*row.ttft_us);
}

void usage_sums::add(const store::sum_row& sums) {
    add_counts(*this, sums);
    if (!sums.unit_kind.empty() && sums.units != 0) units[sums.unit_kind] += sums.units;
}

void usage_sums::add(const usage_sums& others) {
    add_counts(*this, others);
    for (const auto& [kind, count] : others.units) units[kind] += count;
    durations_us.insert(durations_us.end(), others.durations_us.begin(), others.durations_us.end());
    first_tokens_us.insert(first_tokens_us.end(), others.first_tokens_us.begin(), others.first_tokens_us.end());
}

usage_report::group usage_report::group_of(const store::usage_row& row) const {
    group made{{}, row.currency};
    for (const auto& one : dimensions_) made.first.push_back(one.label(row));
    return made;
}

// The labels are made as for a request of that hour.
void usage_report::add(const store::sum_row& sums) {
    store::usage_row like;
    if (sums.key_id != 0) like.key_id = sums.key_id;
    if (sums.user_id != 0) like.user_id = sums.user_id;
    if (sums.team_id != 0) like.team_id = sums.team_id;
    like.model_name = sums.model_name;
    like.provider = sums.provider;
    like.operation = sums.operation;
    like.basis = sums.basis;
    like.end_reason = sums.end_reason;
    like.started_at_us = parse_time(sums.hour).value_or(0);
    like.currency = sums.currency;
    groups_[group_of(like)].add(sums);
}

std::string usage_report::convert(const std::string& to, const std::vector<usage::currency_rate>& rates) {
    groups made;
    for (auto& [group, sums] : groups_) {
        // Nothing is nothing in every currency.
        const auto cost = sums.cost_pico == 0 ? 0 : usage::converted(sums.cost_pico, group.second, to, rates);
        if (!cost) return group.second;
        sums.cost_pico = *cost;
        made[{group.first, to}].add(sums);
    }
    groups_ = std::move(made);
    return {};
}

std::int64_t percentile(std::vector<std::int64_t>& values, int percent) {
    if (values.empty()) return 0;
    const std::size_t rank = (values.size() * static_cast<std::size_t>(percent) + 99) / 100;
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

std::vector<std::string> usage_report::titles() const {
    std::vector<std::string> all;
    for (const auto& one : dimensions_) all.push_back(one.title);
    for (const auto place : shown(has_latency_)) all.emplace_back(figures[place].title);
    return all;
}

std::vector<std::vector<std::string>> usage_report::lines() {
    std::vector<std::vector<std::string>> all;
    for (auto& [group, sums] : groups_) {
        const auto of_group = figures_of(sums, group.second);
        std::vector<std::string> cells(group.first);
        for (const auto place : shown(has_latency_)) cells.push_back(of_group[place]);
        all.push_back(std::move(cells));
    }
    return all;
}

std::string usage_report::text(format wanted) {
    switch (wanted) {
        case format::json:
            return as_json();
        case format::csv:
            return as_csv();
        case format::table:
            break;
    }
    std::vector<std::string> heads;
    for (const auto& one : dimensions_) heads.push_back(one.title);
    return usage_table(heads, groups_, has_latency_);
}

std::string usage_report::as_csv() {
    std::string out = csv_line(titles());
    for (const auto& line : lines()) out += csv_line(line);
    return out;
}

std::string usage_report::as_json() {
    std::vector<std::string> objects;
    for (const auto& line : lines()) {
        json_object object;
        const auto places = shown(has_latency_);
        const std::size_t labels = dimensions_.size();
        for (std::size_t i = 0; i < labels; ++i) object.text(dimensions_[i].title, line[i]);
        for (std::size_t i = 0; i < places.size(); ++i) {
            const auto& [title, is_number, is_latency] = figures[places[i]];
            is_number ? object.raw(title, line[labels + i]) : object.text(title, line[labels + i]);
        }
        objects.push_back(object.take());
    }
    return json_array(objects);
}

}  // namespace ferry::app
