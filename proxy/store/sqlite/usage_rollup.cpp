#include "store/sqlite/usage_rollup.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "base/time_text.hpp"
#include "store/usage_store.hpp"

namespace ferry::store::sqlite {
namespace {

constexpr std::int64_t us_per_hour = 3'600'000'000;
constexpr std::int64_t hour_step = std::int64_t{1} << 32;  // of ids of usage_hour_sums

std::int64_t clamped_sum(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// Before 1970, too, the hour that has begun.
std::int64_t hour_of(std::int64_t time_us) {
    return time_us / us_per_hour - (time_us % us_per_hour < 0 ? 1 : 0);
}

// In the order of the statement below.
std::array<std::int64_t, 11> addends(const usage_row& row) {
    return {1,
            counts_as_error(row.status, row.error_code.has_value()) ? 1 : 0,
            row.prompt_tokens.value_or(0),
            row.completion_tokens.value_or(0),
            row.total_tokens.value_or(0),
            row.cached_tokens.value_or(0),
            row.cache_write_tokens.value_or(0),
            row.reasoning_tokens.value_or(0),
            row.audio_tokens.value_or(0),
            row.unit_kind ? row.units.value_or(0) : 0,
            row.cost_pico};
}

constexpr const char* upsert_sql =
    "INSERT INTO usage_hour_sums (id, requests, errors, prompt_tokens, completion_tokens, total_tokens, cached_tokens,"
    " cache_write_tokens, reasoning_tokens, audio_tokens, units, cost_pico) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (id) DO UPDATE SET"
    " requests = requests + excluded.requests,"
    " errors = errors + excluded.errors,"
    " prompt_tokens = min(prompt_tokens, 9223372036854775807 - excluded.prompt_tokens) + excluded.prompt_tokens,"
    " completion_tokens = min(completion_tokens, 9223372036854775807 - excluded.completion_tokens)"
    "   + excluded.completion_tokens,"
    " total_tokens = min(total_tokens, 9223372036854775807 - excluded.total_tokens) + excluded.total_tokens,"
    " cached_tokens = min(cached_tokens, 9223372036854775807 - excluded.cached_tokens) + excluded.cached_tokens,"
    " cache_write_tokens = min(cache_write_tokens, 9223372036854775807 - excluded.cache_write_tokens)"
    "   + excluded.cache_write_tokens,"
    " reasoning_tokens = min(reasoning_tokens, 9223372036854775807 - excluded.reasoning_tokens)"
    "   + excluded.reasoning_tokens,"
    " audio_tokens = min(audio_tokens, 9223372036854775807 - excluded.audio_tokens) + excluded.audio_tokens,"
    " units = min(units, 9223372036854775807 - excluded.units) + excluded.units,"
    " cost_pico = min(cost_pico, 9223372036854775807 - excluded.cost_pico) + excluded.cost_pico";

}  // namespace

void usage_rollup::add(const usage_row& row) {
    auto& sums = hours_[{hour_of(row.started_at_us), usage_line(row)}];
    const auto more = addends(row);
    for (std::size_t i = 0; i < sum_count; ++i) sums[i] = clamped_sum(sums[i], more[i]);
    if (row.key_id) {
        std::int64_t& latest = last_used_.try_emplace(*row.key_id, row.started_at_us).first->second;
        latest = std::max(latest, row.started_at_us);
    }
}

void usage_rollup::write(connection& db, usage_lines& lines) const {
    write_hours(db, lines);
    write_keys(db);
}

void usage_rollup::write_hours(connection& db, usage_lines& lines) const {
    if (hours_.empty()) return;
    lines.begin(db);
    // In the order of the table, where one line then goes behind the other.
    std::vector<std::pair<std::int64_t, const sums*>> sorted;
    sorted.reserve(hours_.size());
    for (const auto& [key, sums] : hours_)
        sorted.emplace_back(key.hour * hour_step + lines.number_of(db, key.line), &sums);
    std::sort(sorted.begin(), sorted.end());
    query upsert = db.prepare(upsert_sql);
    for (const auto& [id, sums] : sorted) {
        upsert.bind(id);
        for (const std::int64_t sum : *sums) upsert.bind(sum);
        upsert.run();
    }
}

void usage_rollup::write_keys(connection& db) const {
    query update = db.prepare(
        "UPDATE api_keys SET last_used_at = ?1 WHERE id = ?2 AND (last_used_at IS NULL OR last_used_at < ?1)");
    for (const auto& [id, time_us] : last_used_) {
        const time_chars time(time_us);
        update.bind(time.text()).bind(id).run();
    }
}

}  // namespace ferry::store::sqlite
