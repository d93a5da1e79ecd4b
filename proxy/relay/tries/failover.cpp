#include "relay/tries/failover.hpp"

#include <algorithm>
#include <utility>

#include "base/chance.hpp"
#include "base/ending_faults.hpp"
#include "net/signal.hpp"
#include "relay/exchange/circuits.hpp"
#include "relay/exchange/row_delays.hpp"
#include "relay/exchange/row_speeds.hpp"
#include "relay/tries/attempt.hpp"
#include "relay/tries/patience.hpp"
#include "relay/tries/retry_budget.hpp"

namespace ferry::relay {

static_assert(catalog::max_candidates <= 32);

failover::failover(request& x) : x_(x) {
    note_clients_timeout();
    if (x.route.candidates.size() > 1) x.may_ask_another = [this] { return has_next(steady::now()); };
    if (enter_next() || awaits_room()) return;
    refused_ = why_nobody(steady::now());
    // What stood in the way may be gone in this very moment.
    if (!refused_ && (enter_next() || awaits_room())) return;
    x.core.breakers.count_refused();
    if (refused_) return;
    refused_ =
        fault::upstream(fault_code::upstream_overloaded, retry_advice::never, "The upstream is not asked again yet.");
    refused_->retry_after = milliseconds(1'000);
}

// False: its circuits do not let this request through.
bool failover::enter(std::size_t candidate, bool even_behind) {
    auto& breakers = x_.core.breakers;
    const auto now = breakers.is_empty() ? steady::time_point{} : steady::now();
    auto pass = breakers.enter(*x_.route.candidates[candidate], even_behind, x_.settings->relay.circuit, now);
    if (!pass || !has_room(candidate)) return false;
    x_.pass = std::move(*pass);
    at_ = candidate;
    asked_ |= 1u << candidate;
    tries_ = 0;
    fresh_ = shut_ = false;
    full_ = 0;
    once_ = x_.pass.is_probe();
    repairs_.emplace(x_, to());
    set_patience();
    x_.core.repetitions.note_request(to().where.pool_key, x_.settings->relay.retry.budget);
    return true;
}

bool failover::enter_next() {
    full_ = 0;
    for (const bool even_behind : {false, true}) {
        for (std::size_t i = 0; i < x_.route.candidates.size(); ++i) {
            if ((asked_ >> i & 1u) == 0 && enter(i, even_behind)) return true;
        }
        if (x_.core.breakers.is_empty()) return false;
    }
    return false;
}

// The SDKs say how long they wait: Python for each read, JavaScript for the head. A stream that has begun is alive for
// both, whatever it takes. Who waits for a document gives up first, and says so as it would without Ferry.
void failover::note_clients_timeout() {
    if (x_.asked.stream && x_.route.candidates.size() == 1) return;  // nothing depends on it
    for (const auto* name : {"x-stainless-read-timeout", "x-stainless-timeout"}) {
        if (const auto value = x_.head.find(name); value && !clients_) clients_ = client_timeout(*value);
    }
    if (clients_ && !x_.asked.stream) x_.total_until = std::min(x_.total_until, x_.started + *clients_ * 21 / 20);
}

// A row that sets its own limit means it.
void failover::set_patience() {
    x_.patience.reset();
    x_.is_hurried = false;
    const auto share = x_.settings->relay.retry.first_token_quantile;
    if (share <= 0 || x_.route.candidates.size() == 1 || beside() == nullptr) return;
    auto length = to().limits.first_byte.value_or(x_.settings->relay.first_byte);
    if (!to().limits.first_byte) {
        expected_delay expected;
        expected.usual = x_.core.delays.of(to().id, x_.asked.stream, share);
        expected.is_stream = x_.asked.stream;
        const auto most = x_.asked.max_completion_tokens ? x_.asked.max_completion_tokens : x_.asked.max_tokens;
        if (most) expected.tokens = std::clamp<std::int64_t>(*most, 0, expected.tokens);
        expected.openings = x_.pass.openings();
        length = patience_for(expected, length);
    }
    if (clients_) {
        // The other one needs time as well.
        const auto half = (*clients_ - std::chrono::duration_cast<milliseconds>(steady::now() - x_.started)) / 2;
        x_.is_hurried = half < length;
        length = std::max(milliseconds(1), std::min(length, half));
    }
    x_.patience = length;
}

// A request that is too long for one model may fit into another.
bool failover::enter_larger() {
    const auto limit = to().max_context_tokens;
    if (!limit) return false;
    full_ = 0;
    const auto& all = x_.route.candidates;
    for (auto i = at_ + 1; i < all.size(); ++i) {
        if (all[i]->max_context_tokens.value_or(0) > *limit && enter(i, true)) return true;
    }
    return awaits_room();
}

bool failover::has_next(steady::time_point now) const {
    for (std::size_t i = 0; i < x_.route.candidates.size(); ++i) {
        if ((asked_ >> i & 1u) == 0 && !x_.core.breakers.refusal(*x_.route.candidates[i], now)) return true;
    }
    return false;
}

// The one that may be asked first tells it.
std::optional<fault> failover::why_nobody(steady::time_point now) const {
    std::optional<fault> soonest;
    for (const auto* row : x_.route.candidates) {
        auto why = x_.core.breakers.refusal(*row, now);
        if (!why) return std::nullopt;
        if (!soonest || *why->retry_after < *soonest->retry_after) soonest = std::move(why);
    }
    return soonest;
}

void failover::note_failure(const fault& why, const attempt& tried, bool answered, steady::time_point now) {
    if (why.source != fault_source::upstream) return;
    const bool was_timed = why.code == fault_code::upstream_timeout || why.code == fault_code::upstream_stream_timeout;
    if (x_.is_hurried && was_timed) return;
    const failed_how how{.connected = tried.failure().connected, .answered = answered};
    auto& breakers = x_.core.breakers;
    breakers.failed(x_.pass, to(), why, how, x_.settings->relay.circuit, now);
    // A limit that names a time may be waited for.
    const bool may_wait = why.code == fault_code::upstream_rate_limited && why.retry_after;
    shut_ = !may_wait && breakers.refusal(to(), now).has_value();
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
        note_failure(why, tried, answered, now);
    }
    const auto& rules = x_.settings->relay.retry;
    failed.client_waits = (!x_.content_sent || x_.goes_on) && !x_.gone && !x_.stopping();
    // To go on with an answer nobody is asked twice.
    failed.tries = once_ || shut_ || x_.goes_on ? rules.attempts : tries_;
    failed.held = held_;
    const bool is_refusal = why.upstream_status == 503 || (why.upstream_status >= 400 && why.upstream_status < 500);
    failed.may_have_acted = !x_.operation.may_be_repeated && failed.connected && !is_refusal;
    failed.has_next = has_next(now);
    auto until = x_.total_until;
    if (to().limits.total) until = std::min(until, x_.asked_at + *to().limits.total);
    failed.left = std::chrono::duration_cast<milliseconds>(until - now);
    auto next = decide(why, failed, rules, static_cast<int>(draw_below(1001)));
    if (why.code == fault_code::context_length_exceeded && failed.client_waits && enter_larger()) {
        return {next_step::next_candidate};
    }
    if (next.step == next_step::again && !was_stale(why, failed) &&
        !x_.core.repetitions.take(to().where.pool_key, rules.budget, now)) {
        next = {failed.has_next ? next_step::next_candidate : next_step::give_up};
    }
    held_ += next.wait;
    // A broken connection is not worth a second idle one.
    fresh_ = !answered;
    if (next.step == next_step::next_candidate && !enter_next() && !awaits_room()) next = {};
    if (next.step == next_step::give_up) x_.pass = {}, x_.slot = {};
    x_.attempts_used = next.step == next_step::give_up && why.retry != retry_advice::never &&
                       why.source == fault_source::upstream && all_tries_ >= rules.attempts;
    return next;
}

bool failover::after_cut() {
    auto slot = std::move(x_.slot);
    answered();
    x_.slot = std::move(slot);  // the same row may be asked once more
    for (std::size_t i = 0; i < x_.route.candidates.size(); ++i) {
        if (x_.route.candidates[i]->rescues == catalog::row_rescue::off) asked_ |= 1u << i;
    }
    bool goes_on = enter_next();
    if (!goes_on && !std::exchange(same_again_, true)) goes_on = fresh_ = enter(at_, true);
    // The client is in the middle of an answer: what has no room now is not waited for.
    full_ = 0;
    if (!goes_on) x_.slot = {};
    return goes_on;
}

boost::asio::awaitable<std::optional<fault>> failover::pause(milliseconds length) {
    const auto before = steady::now();
    x_.slot = {};
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
    co_return enter_again();
}

// The row may have been closed meanwhile, by what others met.
std::optional<fault> failover::enter_again() {
    const auto now = steady::now();
    full_ = 0;
    auto pass = x_.core.breakers.enter(to(), true, x_.settings->relay.circuit, now);
    if (pass && has_room(at_)) {
        x_.pass = std::move(*pass);
        return std::nullopt;
    }
    const auto own = full_;
    if (enter_next()) return std::nullopt;
    full_ |= own;
    if (awaits_room()) return std::nullopt;
    return x_.core.breakers.refusal(to(), now);
}

void failover::answered() {
    repairs_->keep();
    using usage::end_reason;
    const auto reason = x_.end.reason;
    const auto& rules = x_.settings->relay.circuit;
    if (x_.core.speeds.is_kept() && reason == end_reason::done) {
        // What answers in one document has its first token with the last.
        const auto now = steady::now();
        x_.core.speeds.note(to().id, us_between(x_.asked_at, x_.first_token.value_or(now)), now);
    }
    if (reason == end_reason::done && !x_.core.breakers.is_empty()) {
        x_.core.breakers.succeeded(x_.pass, to(), rules, steady::now());
    }
    if (reason == end_reason::upstream_cut || reason == end_reason::upstream_error || reason == end_reason::timeout) {
        const auto why = fault::upstream(fault_code::upstream_stream_interrupted, retry_advice::next_candidate,
                                         "The upstream did not end an answer that it had begun.");
        const failed_how how{.connected = true, .answered = true};
        x_.core.breakers.failed(x_.pass, to(), why, how, rules, steady::now());
    }
    x_.pass = {};
    x_.slot = {};
}

}  // namespace ferry::relay
