#include "app/cli/told_limits.hpp"

#include <algorithm>

#include "app/cli/limit_use.hpp"
#include "base/clock.hpp"
#include "limits/period.hpp"

namespace ferry::app {
namespace {

void add_states(told_limits& told, const access::party_limits& of, const store::limit_use_row& used) {
    using enum limits::measure;
    const auto add = [&](limits::measure which, std::int64_t limit, std::int64_t is_used, std::int64_t wanted) {
        if (limit < 0) return;
        limits::limit_state state{which, limit, is_used, {}};
        const bool is_over = is_used + std::min(wanted, limit) > limit;
        constexpr std::int64_t a_while_ms = 1'000;
        if (limit == 0 && wanted > 0) state.wait_ms = 0;
        if (limit > 0 && is_over) state.wait_ms = a_while_ms;
        told.limits.push_back({of.who, state});
    };
    add(requests_a_minute, of.rpm, used.minute_requests, 1);
    add(tokens_a_minute, of.tpm, used.minute_tokens, told.expected_tokens);
    add(requests_a_day, of.rpd, used.day_requests, 1);
    add(tokens_a_day, of.tpd, used.day_tokens, told.expected_tokens);
    add(parallel, of.max_parallel, used.parallel, 1);
}

}  // namespace

std::optional<fault> told_limits::refused() const {
    if (auto by_limit = limits::refusal_of(limits)) return by_limit;
    for (const auto& one : budgets) {
        if (one.lacks(expected_pico)) return limits::budget_is_used_up(*one.limits, one.end_us);
    }
    return std::nullopt;
}

told_limits read_told_limits(store::database& db, const access::principal& who, std::int64_t expected_tokens,
                             std::int64_t expected_pico, const limits::calendar& days) {
    told_limits told;
    told.expected_tokens = expected_tokens;
    told.expected_pico = expected_pico;
    const auto now = wall_us();
    const limit_uses used(db, now, days);
    for (const auto& one : who.limits) {
        const std::string party(access::to_text(one.who));
        add_states(told, one, used.counted(party, one.id));
        if (one.budget_pico < 0) continue;
        const auto period = limits::period_at(one.period, now, days);
        told.budgets.push_back({&one, used.spent(party, one.id, one.period), period.end_us});
    }
    return told;
}

}  // namespace ferry::app
