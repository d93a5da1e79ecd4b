#include "relay/exchange/row_speeds.hpp"

#include <cmath>

namespace ferry::relay {

namespace {

constexpr double share_of_latest = 0.3;
constexpr double half_life_s = 60;

}  // namespace

void row_speeds::note(std::int64_t row_id, std::int64_t first_token_us, steady::time_point now) {
    auto& of = stripes_[stripe_of(row_id)];
    const std::lock_guard lock(of.mutex);
    const auto [place, is_new] = of.means.try_emplace(row_id);
    auto& known = place->second;
    const auto latest = static_cast<double>(first_token_us);
    known.us = is_new ? latest : known.us + share_of_latest * (latest - known.us);
    known.at = now;
}

std::optional<std::int64_t> row_speeds::of(std::int64_t row_id, steady::time_point now) const {
    const auto& of = stripes_[stripe_of(row_id)];
    const std::lock_guard lock(of.mutex);
    const auto known = of.means.find(row_id);
    if (known == of.means.end()) return std::nullopt;
    const auto silent_s = std::chrono::duration<double>(now - known->second.at).count();
    return static_cast<std::int64_t>(known->second.us * std::exp2(-silent_s / half_life_s));
}

}  // namespace ferry::relay
