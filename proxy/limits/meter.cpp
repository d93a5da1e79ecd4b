#include "limits/meter.hpp"

#include <algorithm>

namespace ferry::limits {
namespace {

constexpr std::int64_t minute_ms = 60'000, day_ms = 86'400'000;
// After this the others have told what they used, and a busy request may have ended.
constexpr std::int64_t soon_ms = 250, a_while_ms = 1'000;
// For so long what others told is believed as it is.
constexpr std::int64_t fresh_ms = 5'000;
// For so long an even share is all there is until the others have told.
constexpr std::int64_t untold_ms = 500;

constexpr measure all_measures[] = {measure::requests_a_minute, measure::tokens_a_minute, measure::requests_a_day,
                                    measure::tokens_a_day, measure::parallel};

constexpr std::size_t index(measure m) {
    return static_cast<std::size_t>(m);
}

constexpr std::int64_t span_of(measure m) {
    return m == measure::requests_a_day || m == measure::tokens_a_day ? day_ms : minute_ms;
}

}  // namespace

std::string_view to_text(measure of) {
    constexpr std::string_view names[] = {"rpm", "tpm", "rpd", "tpd", "max_parallel"};
    return names[index(of)];
}

std::int64_t meter::limit_of(measure m) const {
    const std::int64_t limits[] = {limits_.rpm, limits_.tpm, limits_.rpd, limits_.tpd, limits_.max_parallel};
    return limits[index(m)];
}

std::int64_t meter::used_of(measure m, std::int64_t now_ms) const {
    if (m == measure::parallel) return parallel_;
    const auto& counted = windows_[index(m)];
    return counted ? counted->sum(now_ms) : 0;
}

std::int64_t meter::others(measure m, std::int64_t now_ms) const {
    const auto age_ms = now_ms - told_ms_;
    const auto told = others_[index(m)];
    if (told == 0 || age_ms <= fresh_ms) return told;
    if (m == measure::parallel || age_ms >= span_of(m)) return 0;
    return told - told * age_ms / span_of(m);
}

std::int64_t meter::wait_for(measure m, std::int64_t room, std::int64_t now_ms) const {
    if (m == measure::parallel) return a_while_ms;
    const auto& counted = windows_[index(m)];
    const auto own = counted ? counted->wait_ms(now_ms, limit_of(m) - others(m, now_ms) - room) : 0;
    return std::max(own, soon_ms);
}

std::optional<shortage> meter::check(const access::party_limits& limits, const amounts& wanted, std::int64_t now_ms,
                                     int replicas) {
    limits_ = limits;
    const bool is_told = now_ms - told_ms_ <= fresh_ms;
    if (must_ask(now_ms)) {
        came_ms_ = now_ms;
        since_ = {0, 0, 0, 0, parallel_};
    }
    std::optional<shortage> guess;
    const bool is_awaited = !is_told && replicas > 1 && now_ms - came_ms_ <= untold_ms;
    for (const auto m : all_measures) {
        const auto limit = limit_of(m);
        if (limit < 0) continue;
        // What alone is more than the limit may come when nothing else does.
        const auto room = std::min(wanted[index(m)], limit);
        if (limit == 0 && wanted[index(m)] > 0) return shortage{m, limit, 0};
        const bool is_over = used_of(m, now_ms) + others(m, now_ms) + room > limit;
        const auto even = is_awaited ? std::max<std::int64_t>(limit / replicas, 1) : any;
        const auto share = is_told ? shares_[index(m)] : even;
        const bool is_beyond_share = !is_over && since_[index(m)] + room > share;
        if (is_beyond_share && !is_told) {
            guess = shortage{m, limit, soon_ms, true};
            continue;
        }
        if (is_beyond_share) needed_[index(m)] = std::max(needed_[index(m)], room);
        if (is_over || is_beyond_share) return shortage{m, limit, wait_for(m, room, now_ms)};
    }
    if (guess) await(wanted, now_ms);
    return guess;
}

// All that wait are to fit once the others have told.
void meter::await(const amounts& wanted, std::int64_t now_ms) {
    last_used_ms_ = now_ms;  // so that the others are asked about it
    for (const auto m : all_measures) {
        if (limit_of(m) >= 0) needed_[index(m)] += std::min(wanted[index(m)], limit_of(m));
    }
}

std::vector<limit_state> meter::look(const access::party_limits& limits, const amounts& wanted, std::int64_t now_ms) {
    limits_ = limits;
    std::vector<limit_state> all;
    for (const auto m : all_measures) {
        const auto limit = limit_of(m);
        if (limit < 0) continue;
        auto& state = all.emplace_back();
        state = {m, limit, used_of(m, now_ms) + others(m, now_ms), {}};
        const auto room = std::min(wanted[index(m)], limit);
        if (limit == 0 && wanted[index(m)] > 0) state.wait_ms = 0;
        if (limit > 0 && state.used + room > limit) state.wait_ms = wait_for(m, room, now_ms);
    }
    return all;
}

void meter::take(const amounts& wanted, std::int64_t now_ms) {
    last_used_ms_ = now_ms;
    for (const auto m : all_measures) {
        since_[index(m)] += wanted[index(m)];
        if (m == measure::parallel) {
            parallel_ += wanted[index(m)];
            continue;
        }
        if (limit_of(m) < 0) continue;
        auto& counted = windows_[index(m)];
        if (!counted) counted = std::make_unique<window>(span_of(m));
        counted->add(now_ms, wanted[index(m)]);
    }
}

void meter::settle(std::int64_t began_ms, std::int64_t more_tokens, std::int64_t now_ms) {
    --parallel_;
    --since_[index(measure::parallel)];
    for (const auto m : {measure::tokens_a_minute, measure::tokens_a_day}) {
        since_[index(m)] += more_tokens;
        // What comes on top is used now, however long the answer took.
        if (windows_[index(m)]) windows_[index(m)]->add(more_tokens > 0 ? now_ms : began_ms, more_tokens);
    }
}

allowance meter::narrowest(std::size_t kind, std::int64_t now_ms) const {
    allowance found;
    for (const auto m : {all_measures[kind], all_measures[kind + 2]}) {
        const auto limit = limit_of(m);
        if (limit < 0) continue;
        const auto left = std::max<std::int64_t>(limit - used_of(m, now_ms) - others(m, now_ms), 0);
        if (found.limit >= 0 && found.remaining <= left) continue;
        const auto& counted = windows_[index(m)];
        found = {limit, left, counted ? counted->clear_ms(now_ms) : 0};
    }
    return found;
}

amounts meter::used(std::int64_t now_ms) const {
    amounts all{};
    for (const auto m : all_measures) all[index(m)] = used_of(m, now_ms);
    return all;
}

amounts meter::share(const amounts& others, int replicas, int rank, std::int64_t turn, std::int64_t now_ms) {
    others_ = others;
    told_ms_ = now_ms;
    since_ = {};
    amounts told{};
    for (const auto m : all_measures) {
        const auto limit = limit_of(m);
        auto& share = shares_[index(m)];
        share = any;
        if (limit < 0 || replicas < 2) continue;
        const auto left = std::max<std::int64_t>(limit - used_of(m, now_ms) - others[index(m)], 0);
        // What cannot be divided goes to one after the other. Of parallel requests everybody may have one too many.
        const auto rest = left % replicas;
        const bool has_one = m == measure::parallel ? rest > 0 : (rank + turn) % replicas < rest;
        share = left / replicas + (has_one ? 1 : 0);
        // What is more than a share would never fit.
        share = std::max(share, std::min(needed_[index(m)], left));
        told[index(m)] = share;
    }
    needed_ = {};
    return told;
}

bool meter::must_ask(std::int64_t now_ms) const {
    return now_ms - told_ms_ > fresh_ms && now_ms - last_used_ms_ > fresh_ms;
}

bool meter::is_idle(std::int64_t now_ms) const {
    if (parallel_ > 0 || now_ms - last_used_ms_ < minute_ms) return false;
    return std::all_of(windows_.begin(), windows_.end(),
                       [now_ms](const auto& counted) { return !counted || counted->sum(now_ms) == 0; });
}

}  // namespace ferry::limits
