#include <array>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "base/time_text.hpp"
#include "store/sqlite/usage.hpp"
#include "store/usage_conditions.hpp"

namespace ferry::store::sqlite {
namespace {

constexpr std::int64_t us_of_hour = 3'600'000'000, hours_of_day = 24;
constexpr std::int64_t line_mask = 0xffffffff;
constexpr int line_bits = 32;

struct id_range {
    std::int64_t first = std::numeric_limits<std::int64_t>::min(), end = std::numeric_limits<std::int64_t>::max();
};

id_range range_of(const usage_filter& window) {
    id_range ids;
    if (window.since_us) ids.first = first_sum_of(*window.since_us);
    if (window.until_us) ids.end = first_sum_of(*window.until_us);
    return ids;
}

// Lines that are told apart by nothing that is asked for are one group.
struct line_groups {
    std::vector<sum_row> groups;             // without sums
    std::vector<std::int32_t> of_line = {};  // by the number of a line; none: it is not wanted
    static constexpr std::int32_t none = -1;

    std::int32_t group_of(std::int64_t line) const {
        return static_cast<std::size_t>(line) < of_line.size() ? of_line[static_cast<std::size_t>(line)] : none;
    }
};

line_groups read_lines(connection& db, const usage_filter& wanted, const sums_by& by) {
    query found = db.prepare_once(
        "SELECT id, key_id, user_id, team_id, model_name, provider, operation, basis, end_reason, currency, unit_kind"
        " FROM usage_lines WHERE true" +
        usage_conditions(wanted, quoted));
    line_groups made;
    std::map<std::string, std::int32_t> known;
    while (found.step()) {
        sum_row row;
        if (by.key) row.key_id = found.integer(1);
        if (by.user) row.user_id = found.integer(2);
        if (by.team) row.team_id = found.integer(3);
        if (by.model) row.model_name = found.text(4);
        if (by.provider) row.provider = found.text(5);
        if (by.operation) row.operation = found.text(6);
        if (by.basis) row.basis = found.text(7);
        if (by.end_reason) row.end_reason = found.text(8);
        row.currency = found.text(9);
        row.unit_kind = found.text(10);
        const auto name =
            fmt::format("{} {} {}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", row.key_id, row.user_id, row.team_id, row.model_name,
                        row.provider, row.operation, row.basis, row.end_reason, row.currency, row.unit_kind);
        const auto [at, is_new] = known.try_emplace(name, static_cast<std::int32_t>(made.groups.size()));
        if (is_new) made.groups.push_back(std::move(row));
        const auto line = static_cast<std::size_t>(found.integer(0));
        if (line >= made.of_line.size()) made.of_line.resize(line + 1, line_groups::none);
        made.of_line[line] = at->second;
    }
    return made;
}

std::string text_of_hour(std::int64_t hour, const sums_by& by) {
    constexpr std::size_t to_days = 10, to_minutes = 16;
    if (!by.hour && !by.day) return {};
    return time_text(hour * us_of_hour).substr(0, by.hour ? to_minutes : to_days);
}

}  // namespace

std::int64_t first_sum_of(std::int64_t hour_us) {
    return hour_us / us_of_hour << line_bits;
}

// Summed up here: SQLite would sort the lines for it, and its sums end with 64 bits.
void usage::scan_sums(const usage_filter& wanted, const sums_by& by, const std::function<void(const sum_row&)>& visit) {
    connection& db = link_.get();
    transaction one_view(db, transaction::intent::reading);
    const auto lines = read_lines(db, wanted, by);
    const auto ids = range_of(wanted);
    query found = db.prepare(
        "SELECT id, requests, errors, prompt_tokens, completion_tokens, cached_tokens, total_tokens, units, cost_pico"
        " FROM usage_hour_sums WHERE id >= ? AND id < ?");
    found.bind(ids.first).bind(ids.end);
    std::unordered_map<std::int64_t, std::array<int128, 8>> sums;
    while (found.step()) {
        const auto id = found.integer(0);
        const auto group = lines.group_of(id & line_mask);
        if (group == line_groups::none) continue;
        const auto hour = id >> line_bits;
        const auto told_apart = by.hour ? hour : by.day ? hour / hours_of_day * hours_of_day : 0;
        auto& of_group = sums[(told_apart << line_bits) + group];
        for (int column = 1; auto& sum : of_group) sum += found.integer(column++);
    }
    for (const auto& [id, of_group] : sums) {
        sum_row row = lines.groups[static_cast<std::size_t>(id & line_mask)];
        row.hour = text_of_hour(id >> line_bits, by);
        int128* members[] = {&row.requests,      &row.errors,       &row.prompt_tokens, &row.completion_tokens,
                             &row.cached_tokens, &row.total_tokens, &row.units,         &row.cost_pico};
        for (std::size_t i = 0; i < of_group.size(); ++i) *members[i] = of_group[i];
        visit(row);
    }
}

std::string usage::last_day_sum(const usage_filter& window) {
    connection& db = link_.get();
    query any = db.prepare("SELECT 1 FROM usage_lines WHERE operation = '' LIMIT 1");
    if (!any.step()) return {};
    const auto ids = range_of(window);
    query last = db.prepare(
        "SELECT max(id >> 32) FROM usage_hour_sums WHERE id >= ? AND id < ?"
        " AND id & 4294967295 IN (SELECT id FROM usage_lines WHERE operation = '')");
    last.bind(ids.first).bind(ids.end).step();
    return last.is_null(0) ? std::string() : text_of_hour(last.integer(0), {.day = true});
}

}  // namespace ferry::store::sqlite
