#include "limits/account.hpp"

#include <algorithm>
#include <limits>

namespace ferry::limits {
namespace {

constexpr std::int64_t second_us = 1'000'000, minute_us = 60 * second_us;
constexpr std::int64_t times_expected = 8;
constexpr std::int64_t most_pico = std::numeric_limits<std::int64_t>::max() / 4;

std::int64_t lease_us(const budget_options& options) {
    return std::chrono::duration_cast<microseconds>(options.lease).count();
}

std::int64_t sum_of(std::int64_t a, std::int64_t b) {
    return std::clamp(a + b, -most_pico, most_pico);
}

}  // namespace

void account::begin_period(std::int64_t now_us, const budget_options& options) {
    if (now_us >= period_.begin_us && now_us < period_.end_us) return;
    period_ = period_at(of_.period, now_us, options.utc_offset);
    is_known_ = exhaustion_told_ = false;
    held_pico_ = left_pico_ = total_pico_ = spent_pico_ = 0;
}

// For what nobody holds the replicas must not all count on the whole of it.
bool account::worst_fits(const cost_frame& cost) const {
    const auto mine = left_pico_ / replicas_ + available() + reserved_pico_;
    return sum_of(worst_pico_, cost.worst_pico) <= mine;
}

reservation account::reserve(const access::party_limits& of, const cost_frame& cost, std::int64_t now_us,
                             const budget_options& options) {
    using verdict = reservation::verdict;
    if (of.period != of_.period) period_ = {};
    of_ = of;
    begin_period(now_us, options);
    used_us_ = now_us;
    reservation made;
    if (of.is_soft) {
        const bool is_used_up = is_known_ && total_pico_ + spent_pico_ >= of.budget_pico;
        made.left_pico = is_used_up ? 0 : -1;
        return made;
    }
    if (cost.worst_pico == 0) return made;  // it is free
    if (!is_known_ || now_us >= until_us_) {
        made.is = is_known_ ? verdict::unknown : verdict::wait;
        wanted_pico_ = std::max(wanted_pico_, cost.expected_pico);
        return made;
    }
    if (worst_fits(cost) && available() >= cost.expected_pico) {
        made.pico = cost.expected_pico;
        return made;
    }
    const auto wanted = std::min(cost.worst_pico, std::max(cost.expected_pico, 1l) * times_expected);
    if (available() < wanted && left_pico_ > 0) {
        wanted_pico_ = std::max(wanted_pico_, wanted);
        made.is = verdict::wait;
        return made;
    }
    made.pico = std::min(wanted, available());
    made.is_bounded = made.pico < cost.worst_pico;
    if (made.pico < cost.expected_pico || made.pico <= cost.prompt_pico) made.is = verdict::exhausted;
    return made;
}

void account::take(const reservation& what, const cost_frame& cost) {
    reserved_pico_ = sum_of(reserved_pico_, what.pico);
    worst_pico_ = sum_of(worst_pico_, what.is_bounded ? what.pico : cost.worst_pico);
}

void account::settle(std::int64_t reserved_pico, std::int64_t worst_pico, std::int64_t cost_pico) {
    reserved_pico_ -= reserved_pico;
    worst_pico_ = std::max<std::int64_t>(worst_pico_ - worst_pico, 0);
    spent_pico_ = sum_of(spent_pico_, cost_pico);
}

std::optional<store::budget_renewal> account::next_renewal(std::int64_t now_us, const budget_options& options,
                                                           bool is_last) {
    begin_period(now_us, options);
    const auto slice = of_.is_soft ? 0 : std::max<std::int64_t>(of_.budget_pico / 1000 * options.slice_permille, 1);
    const bool is_old = is_last || now_us - renewed_us_ >= second_us;
    const bool is_running = reserved_pico_ > 0 || now_us - used_us_ < lease_us(options);
    const bool ends_soon = is_running && until_us_ - now_us < lease_us(options) / 2;
    const bool is_low = !of_.is_soft && left_pico_ > 0 && available() < slice / 2;
    if (!is_wanted() && !(is_old && (spent_pico_ > 0 || ends_soon || is_low))) return std::nullopt;
    const auto target = of_.is_soft ? 0 : std::max(slice, sum_of(wanted_pico_, spent_pico_));
    store::budget_renewal next;
    next.party = std::string(access::to_text(of_.who));
    next.party_id = of_.id;
    next.budget_pico = of_.budget_pico;
    next.period_begin_us = period_.begin_us;
    next.spent_pico = spent_pico_;
    next.wanted_pico = std::max<std::int64_t>(target - std::max<std::int64_t>(available(), 0), 0);
    spent_pico_ = 0;
    held_pico_ -= next.spent_pico;
    wanted_pico_ = 0;
    return next;
}

void account::renewed(const store::budget_renewal& told, const store::budget_state& state, std::int64_t now_us,
                      const budget_options& options) {
    if (told.period_begin_us != period_.begin_us) return;
    is_known_ = true;
    held_pico_ = state.held_pico;
    left_pico_ = state.left_pico;
    total_pico_ = state.spent_pico;
    replicas_ = std::max<std::int64_t>(state.replicas, 1);
    renewed_us_ = now_us;
    until_us_ = now_us + lease_us(options);
}

void account::not_renewed(const store::budget_renewal& told) {
    if (told.period_begin_us != period_.begin_us) return;
    spent_pico_ = sum_of(spent_pico_, told.spent_pico);
    held_pico_ = sum_of(held_pico_, told.spent_pico);
}

bool account::is_idle(std::int64_t now_us) const {
    return reserved_pico_ == 0 && worst_pico_ == 0 && spent_pico_ == 0 && now_us - used_us_ > 10 * minute_us;
}

bool account::tells_exhaustion() {
    const bool is_first = !exhaustion_told_;
    exhaustion_told_ = true;
    return is_first;
}

}  // namespace ferry::limits
