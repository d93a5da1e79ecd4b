#include "relay/tries/failover.hpp"

#include <algorithm>

#include "base/chance.hpp"
#include "base/ending_faults.hpp"
#include "net/signal.hpp"
#include "relay/exchange/row_speeds.hpp"
#include "relay/tries/attempt.hpp"
#include "relay/tries/cooldowns.hpp"

namespace ferry::relay {

failover::failover(request& x) : x_(x) {
    const auto& cooling = x.core.cooling;
    auto& all = x.route.candidates;
    if (!cooling.is_empty() && all.size() > 1) {
        std::stable_partition(all.begin(), all.end(), [&cooling, now = steady::now()](const catalog::candidate* row) {
            return !cooling.is_cooling(*row, now);
        });
    }
    enter(0);
}

void failover::enter(std::size_t candidate) {
    at_ = candidate;
    tries_ = 0;
    fresh_ = false;
    const auto& cooling = x_.core.cooling;
    once_ = !cooling.is_empty() && cooling.is_failing(to(), steady::now());
    repairs_.emplace(x_, to());
}

// A request that is too long for one model may fit into another.
std::optional<std::size_t> failover::larger_candidate() const {
    const auto limit = to().max_context_tokens;
    if (!limit) return std::nullopt;
    const auto& all = x_.route.candidates;
    for (auto i = at_ + 1; i < all.size(); ++i) {
        if (all[i]->max_context_tokens.value_or(0) > *limit) return i;
    }
    return std::nullopt;
}

next_move failover::after(const fault& why, const attempt& tried, bool answered) {
    if (answered && repairs_->take(tried.refused())) {
        fresh_ = false;
        return {next_step::again};
    }
    const auto now = steady::now();
    auto failed = tried.failure();
    if (!was_stale(why, failed)) {
        ++tries_;
        ++all_tries_;
        if (why.source == fault_source::upstream) {
            x_.core.cooling.note_failure(to(), why, x_.settings->relay.circuit, now);
        }
    }
    const auto& rules = x_.settings->relay.retry;
    failed.client_waits = (!x_.content_sent || x_.goes_on) && !x_.gone && !x_.stopping();
    failed.tries = once_ ? rules.attempts : tries_;
    failed.held = held_;
    const bool is_refusal = why.upstream_status == 503 || (why.upstream_status >= 400 && why.upstream_status < 500);
    failed.may_have_acted = !x_.operation.may_be_repeated && failed.connected && !is_refusal;
    failed.has_next = at_ + 1 < x_.route.candidates.size();
    auto until = x_.total_until;
    if (to().limits.total) until = std::min(until, x_.asked_at + *to().limits.total);
    failed.left = std::chrono::duration_cast<milliseconds>(until - now);
    auto next = decide(why, failed, rules, static_cast<int>(draw_below(1001)));
    if (why.code == fault_code::context_length_exceeded && failed.client_waits) {
        if (const auto larger = larger_candidate()) {
            enter(*larger);
            return {next_step::next_candidate};
        }
    }
    held_ += next.wait;
    // A broken connection is not worth a second idle one.
    fresh_ = !answered;
    if (next.step == next_step::next_candidate) enter(at_ + 1);
    x_.attempts_used = next.step == next_step::give_up && why.retry != retry_advice::never &&
                       why.source == fault_source::upstream && all_tries_ >= rules.attempts;
    return next;
}

bool failover::after_cut() {
    answered();
    auto& all = x_.route.candidates;
    const auto next = all.begin() + static_cast<std::ptrdiff_t>(at_) + 1;
    const auto goes_on = [](const catalog::candidate* row) { return row->rescues != catalog::row_rescue::off; };
    all.erase(std::stable_partition(next, all.end(), goes_on), all.end());
    if (at_ + 1 < all.size()) {
        enter(at_ + 1);
        return true;
    }
    if (same_again_) return false;
    same_again_ = true;
    enter(at_);
    fresh_ = true;
    return true;
}

boost::asio::awaitable<std::optional<fault>> failover::pause(milliseconds length) {
    const auto before = steady::now();
    net::signal over(x_.core.context);
    net::deadline timer(x_.core.wheel);
    timer.on_expiry([&over] { over.notify(); });
    timer.arm(steady::now() + length);
    {
        const net::interrupt_slot::holder waiting(x_.waiting, over);
        co_await over.wait();
    }
    // Not Ferry's own time.
    if (x_.before_us < 0) x_.waited_us += us_between(before, steady::now());
    if (x_.gone) co_return client_has_left();
    if (x_.stopping()) co_return ferry_is_stopping();
    co_return std::nullopt;
}

void failover::answered() {
    repairs_->keep();
    using usage::end_reason;
    const auto reason = x_.end.reason;
    if (x_.core.speeds.is_kept() && reason == end_reason::done) {
        // What answers in one document has its first token with the last.
        const auto now = steady::now();
        x_.core.speeds.note(to().id, us_between(x_.asked_at, x_.first_token.value_or(now)), now);
    }
    if (reason == end_reason::done) x_.core.cooling.note_success(to());
    if (reason != end_reason::upstream_cut && reason != end_reason::upstream_error && reason != end_reason::timeout) {
        return;
    }
    const auto why = fault::upstream(fault_code::upstream_stream_interrupted, retry_advice::never, {});
    x_.core.cooling.note_failure(to(), why, x_.settings->relay.circuit, steady::now());
}

}  // namespace ferry::relay
