#include "relay/exchange/circuit.hpp"

#include <algorithm>

namespace ferry::relay {

std::int64_t outcome_window::period_of(steady::time_point now, milliseconds window) {
    constexpr std::int64_t slots = 6;
    const auto ms = std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    return ms / std::max<std::int64_t>(1, window.count() / slots);
}

void outcome_window::note(bool failed, steady::time_point now, milliseconds window) {
    const auto period = period_of(now, window);
    auto& at = slots_[static_cast<std::uint64_t>(period) % slots_.size()];
    if (at.period != period) at = {.period = period};
    ++at.all;
    at.failures += failed ? 1 : 0;
}

outcome_window::sums outcome_window::of(steady::time_point now, milliseconds window) const {
    const auto period = period_of(now, window);
    sums found;
    for (const auto& at : slots_) {
        if (at.period <= period - static_cast<std::int64_t>(slots_.size()) || at.period > period) continue;
        found.failures += at.failures;
        found.all += at.all;
    }
    return found;
}

milliseconds circuit::left(steady::time_point now) const {
    // When a probe will be done nobody knows; it seldom takes long.
    constexpr auto while_probed = milliseconds(1'000);
    const auto until = [now](steady::time_point when) { return std::chrono::ceil<milliseconds>(when - now); };
    switch (state(now)) {
        case circuit_state::waiting:
            return until(wait_until_);
        case circuit_state::open:
            return until(until_);
        case circuit_state::half_open:
            return is_probed(now) ? std::min(while_probed, until(probe_until_)) : milliseconds(0);
        case circuit_state::closed:
            break;
    }
    return milliseconds(0);
}

bool circuit::claim(std::uint64_t try_serial, steady::time_point now) {
    if (state(now) != circuit_state::half_open) return false;
    probe_ = try_serial;
    probe_until_ = now + probe_patience;
    return true;
}

void circuit::give_back(std::uint64_t try_serial) {
    if (probe_ == try_serial) probe_ = 0;
    if (trial_ == try_serial) trial_ = 0;
}

bool circuit::begun(std::uint64_t by) {
    if (by == 0 || probe_ != by) return false;
    probe_ = 0;
    trial_ = by;
    is_open_ = false;
    in_a_row_ = 0;
    recent_.clear();
    return true;
}

void circuit::open(bool refuses, const circuit_options& rules, steady::time_point now) {
    failures_ = recent_.of(now, rules.window).failures;
    recent_.clear();
    auto length = std::min(rules.cooldown, rules.cooldown_max);
    for (int i = 0; i < openings_ && length < rules.cooldown_max; ++i)
        length = std::min(length * 2, rules.cooldown_max);
    ++openings_;
    until_ = now + length;
    length_ = length;
    named_until_ = {};
    was_looked_at_ = false;
    changed_at_ = now;
    probe_ = trial_ = 0;
    is_open_ = true;
    refuses_ = refuses;
}

bool circuit::failed(std::uint64_t by, const circuit_blow& what, const circuit_options& rules, steady::time_point now) {
    const bool is_probe = by != 0 && (probe_ == by || trial_ == by);
    if (is_open_ && !is_probe) return false;
    in_a_row_ = now < last_failure_ + rules.window ? in_a_row_ + 1 : 1;
    last_failure_ = now;
    recent_.note(true, now, rules.window);
    const auto recent = recent_.of(now, rules.window);
    const bool is_share = recent.all >= rules.minimum_requests && recent.failures >= rules.failure_ratio * recent.all;
    // Where little is asked, the window may never hold so much.
    const bool is_enough = is_share || in_a_row_ >= rules.minimum_requests;
    if (!is_probe && !what.at_once && !(is_enough && what.may_open)) return false;
    // Who is answered now and then is not kept away from the last that could answer.
    constexpr double nearly_all = 0.9;
    const bool is_down = what.at_once || recent.failures >= nearly_all * recent.all;
    open(what.refuses && is_down, rules, now);
    return true;
}

bool circuit::wait(std::uint64_t by, milliseconds length, steady::time_point now) {
    if (is_open_ && (by == 0 || probe_ != by)) return false;
    give_back(by);
    is_open_ = false;
    wait_until_ = std::max(wait_until_, now + length);
    changed_at_ = last_failure_ = now;
    refuses_ = false;
    return true;
}

bool circuit::alive(std::uint64_t by, steady::time_point asked) {
    if (by != 0) give_back(by);
    if (asked < changed_at_) return false;
    const bool was_shut = is_open_;
    *this = {};
    return was_shut;
}

bool circuit::succeeded(std::uint64_t by, steady::time_point asked, const circuit_options& rules,
                        steady::time_point now) {
    const bool is_trial = by != 0 && trial_ == by;
    if (is_trial || state(now) != circuit_state::closed) return alive(by, asked);
    if (asked >= changed_at_) openings_ = 0;
    in_a_row_ = 0;
    recent_.note(false, now, rules.window);
    return false;
}

void circuit::put_off(milliseconds length, const circuit_options& rules, steady::time_point now) {
    if (!is_open_) return;
    named_until_ = now + std::min(length, rules.cooldown_max);
    until_ = std::max(until_, named_until_);
}

bool circuit::is_over(steady::time_point now, const circuit_options& rules) const {
    if (now < wait_until_) return false;
    return now >= std::max(last_failure_, is_open_ ? until_ : last_failure_) + rules.window;
}

int circuit::failures(steady::time_point now, const circuit_options& rules) const {
    return is_open_ ? failures_ : recent_.of(now, rules.window).failures;
}

}  // namespace ferry::relay
