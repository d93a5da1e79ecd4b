#include "store/sqlite/usage_rollup.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/time_text.hpp"
#include "store/usage_store.hpp"

namespace ferry::store::sqlite {
namespace {

std::int64_t clamped_sum(std::int64_t a, std::int64_t b) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<std::int64_t>::max() : sum;
}

// In the order of the statement in write_days().
std::array<std::int64_t, 10> addends(const usage_row& row) {
    return {1,
            counts_as_error(row.status, row.error_code.has_value()) ? 1 : 0,
            row.prompt_tokens.value_or(0),
            row.completion_tokens.value_or(0),
            row.total_tokens.value_or(0),
            row.cached_tokens.value_or(0),
            row.cache_write_tokens.value_or(0),
            row.reasoning_tokens.value_or(0),
            row.audio_tokens.value_or(0),
            row.cost_pico};
}

constexpr std::size_t date_length = 10;

}  // namespace

void usage_rollup::add(const usage_row& row) {
    const time_chars started_at(row.started_at_us);
    const line<std::string_view> key(started_at.text().substr(0, date_length), row.key_id.value_or(0),
                                     row.model_id.value_or(0), row.provider, row.currency);
    auto known = days_.find(key);
    if (known == days_.end()) known = days_.try_emplace(line<std::string>(key)).first;
    auto& sums = known->second;
    const auto more = addends(row);
    for (std::size_t i = 0; i < sum_count; ++i) sums[i] = clamped_sum(sums[i], more[i]);
    if (row.key_id) {
        std::int64_t& latest = last_used_.try_emplace(*row.key_id, row.started_at_us).first->second;
        latest = std::max(latest, row.started_at_us);
    }
}

void usage_rollup::write(connection& db) const {
    write_days(db);
    write_keys(db);
}

void usage_rollup::write_days(connection& db) const {
    query upsert = db.prepare(
        "INSERT INTO usage_daily (day, key_id, model_id, provider, currency, requests, errors, prompt_tokens,"
        " completion_tokens, total_tokens, cached_tokens, cache_write_tokens, reasoning_tokens, audio_tokens,"
        " cost_pico) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (day, key_id, model_id, provider, currency) DO UPDATE SET"
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
        " cost_pico = min(cost_pico, 9223372036854775807 - excluded.cost_pico) + excluded.cost_pico");
    for (const auto& [key, sums] : days_) {
        const auto& [day, key_id, model_id, provider, currency] = key;
        upsert.bind(day).bind(key_id).bind(model_id).bind(provider).bind(currency);
        for (const std::int64_t sum : sums) upsert.bind(sum);
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
