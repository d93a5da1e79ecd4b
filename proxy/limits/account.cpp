#include "limits/account.hpp"

#include <algorithm>
#include <limits>

namespace ferry::limits {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t times_expected = 8;
constexpr auto soonest = milliseconds(900);  // unless a request waits
// Sums of some of these, and what is taken from them again, fit.
constexpr std::int64_t most_pico = std::numeric_limits<std::int64_t>::max() / 1024;

std::int64_t sane(std::int64_t pico) {
    return std::clamp<std::int64_t>(pico, 0, most_pico);
}

}  // namespace

void account::begin_period(const moment& now, const budget_options& options) {
    if (now.wall_us >= period_.begin_us && now.wall_us < period_.end_us) return;
    period_ = period_at(of_.period, now.wall_us, options.days);
    is_known_ = exhaustion_told_ = false;
    held_pico_ = left_pico_ = total_pico_ = spent_pico_ = told_pico_ = 0;
}

// What is set aside where the worst does not fit.
std::int64_t account::bounded_by(const cost_frame& cost) const {
    const auto there = std::max<std::int64_t>(available(), 0) + left_pico_ / replicas_;
    const auto likely = std::min(sane(cost.expected_pico) * times_expected, there / 4);
    return std::min(sane(cost.worst_pico), std::max({sane(cost.expected_pico), likely, there / 64}));
}

// Without their slices: who has the last of a budget left and no request for it keeps it.
std::int64_t account::set_aside_elsewhere(const budget_options& options) const {
    const auto held = of_.budget_pico - total_pico_ - held_pico_ - left_pico_;
    return std::max<std::int64_t>(held - (replicas_ - 1) * slice(options), 0);
}

std::int64_t account::slice(const budget_options& options) const {
    return std::max<std::int64_t>(of_.budget_pico / 1000 * options.slice_permille, 1);
}

reservation account::want(std::int64_t pico) {
    wanted_pico_ = sane(wanted_pico_ + sane(pico));
    return {reservation::verdict::wait};
}

reservation account::reserve(const access::party_limits& of, const cost_frame& cost, const moment& now,
                             const budget_options& options, bool is_away) {
    using verdict = reservation::verdict;
    if (of.period != of_.period) period_ = {};
    if (of.budget_pico != of_.budget_pico) is_known_ = false;
    if (of.budget_pico > of_.budget_pico) exhaustion_told_ = false;
    of_ = of;
    begin_period(now, options);
    used_ = now.steady_at;
    if (of.is_soft) {
        const auto spent = spent_by_all();
        const bool is_used_up = spent && *spent >= of.budget_pico;
        return {verdict::in, 0, false, is_used_up};
    }
    const auto worst = sane(cost.worst_pico), expected = sane(cost.expected_pico);
    if (worst == 0) return {};  // it is free
    const bool is_leased = is_known_ && now.steady_at < until_;
    if (!is_leased) return is_away ? reservation{verdict::unknown} : want(expected);
    if (worst <= available()) return {verdict::in, worst};
    if (cost.is_rough) return {verdict::look};
    const auto more = left_pico_ / replicas_;
    if (!is_away && worst <= available() + more) return want(worst);
    const auto bounded = bounded_by(cost);
    const bool makes_sense = bounded > sane(cost.prompt_pico);
    if (makes_sense && bounded <= available()) return {verdict::in, bounded, bounded < worst};
    if (!is_away && makes_sense && bounded <= available() + more) return want(bounded);
    // Of what is left the last: an answer that is likely fits, or it is much of the budget.
    const auto enough = std::min(expected, of.budget_pico / 8);
    if (enough <= available() && available() > sane(cost.prompt_pico)) {
        const auto rest = std::min(available(), worst);
        return {verdict::in, rest, rest < worst};
    }
    const bool is_stale = now.steady_at - renewed_ > seconds(1);
    if (!is_away && (left_pico_ > 0 || is_stale)) return want(expected);
    // What is set aside for requests, here or elsewhere, may come back unspent.
    const auto lent = committed_pico_ + set_aside_elsewhere(options);
    const auto unspent = available() + left_pico_ + lent;
    if (lent > 0 && enough <= unspent && unspent > sane(cost.prompt_pico)) return {verdict::busy};
    return {verdict::exhausted};
}

void account::take(const reservation& what) {
    committed_pico_ += what.pico;
    peak_pico_ = std::max(peak_pico_, committed_pico_);
}

void account::settle(std::int64_t reserved_pico, std::int64_t cost_pico) {
    committed_pico_ -= reserved_pico;
    spent_pico_ = sane(spent_pico_ + sane(cost_pico));
}

// So that what ran at once of late finds room without the store, and where nobody else is, nearly everything does.
std::int64_t account::wants_to_hold(const budget_options& options) const {
    if (of_.is_soft) return 0;
    const auto running = sane(std::max(committed_pico_, peak_pico_) + slice(options));
    if (replicas_ > 1) return running;
    return std::max(running, sane(is_known_ ? unspent() + left_pico_ : of_.budget_pico) / 2);
}

std::optional<store::budget_renewal> account::next_renewal(const moment& now, const budget_options& options,
                                                           bool is_last) {
    begin_period(now, options);
    const auto needs = wants_to_hold(options);
    const auto age = now.steady_at - renewed_;
    const bool is_running = committed_pico_ > 0 || now.steady_at - used_ < options.lease;
    const bool ends_soon = is_running && until_ - now.steady_at < options.lease / 2;
    const bool is_low = left_pico_ > 0 && unspent() < needs - needs / 4;
    const bool is_much = unspent() > sane(2 * needs) && !of_.is_soft;
    const bool is_untold = spent_pico_ != told_pico_ && (is_last || age >= seconds(5));
    const bool has_news = is_untold || ends_soon || is_low || is_much;
    const bool is_asked = wanted_pico_ > 0 || (!is_known_ && is_running);
    if (!is_asked && !(has_news && (is_last || age >= soonest))) return std::nullopt;
    store::budget_renewal next;
    next.party = std::string(access::to_text(of_.who));
    next.party_id = of_.id;
    next.budget_pico = of_.budget_pico;
    next.period_begin_us = period_.begin_us;
    next.spent_pico = spent_pico_;
    next.wanted_pico = of_.is_soft || is_last ? 0 : sane(needs + wanted_pico_ - unspent());
    next.most_pico = is_last ? 0 : sane(needs + wanted_pico_);
    wanted_pico_ = 0;
    return next;
}

void account::renewed(const store::budget_renewal& told, const store::budget_state& state, const moment& asked_at,
                      const budget_options& options) {
    if (told.period_begin_us != period_.begin_us) return;
    is_known_ = told.budget_pico == of_.budget_pico;
    told_pico_ = told.spent_pico;
    held_pico_ = state.held_pico;
    left_pico_ = state.left_pico;
    total_pico_ = state.spent_pico;
    replicas_ = std::max<std::int64_t>(state.replicas, 1);
    if (asked_at.steady_at - renewed_ >= soonest) peak_pico_ = std::max(committed_pico_, peak_pico_ - peak_pico_ / 8);
    renewed_ = asked_at.steady_at;
    until_ = asked_at.steady_at + options.lease;
}

bool account::is_idle(const moment& now) const {
    return committed_pico_ == 0 && spent_pico_ == told_pico_ && now.steady_at - used_ > minutes(10);
}

bool account::tells_exhaustion() {
    const bool is_first = !exhaustion_told_;
    exhaustion_told_ = true;
    return is_first;
}

}  // namespace ferry::limits
