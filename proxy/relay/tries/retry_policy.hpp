// What to do after a try has failed. Pure.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/fault.hpp"
#include "relay/exchange/options.hpp"

namespace ferry::relay {

enum class next_step { give_up, again, next_candidate };

struct next_move {
    next_step step = next_step::give_up;
    std::chrono::milliseconds wait{0};  // before it
};

// What is known of the try that failed.
struct failed_try {
    bool connected = false;             // the connection stood
    bool reused = false;                // ... and had served another request before
    bool answer_begun = false;          // a byte of an answer was received for this request
    bool may_have_acted = false;        // it was sent, and doing it twice would do harm
    bool client_waits = true;           // neither gone, nor was a byte of the answer sent, nor is the process stopping
    int tries = 1;                      // at this candidate, this one included
    bool has_next = false;              // another candidate is left
    std::chrono::milliseconds held{0};  // the waits between the tries of this request so far
    std::chrono::milliseconds left{0};  // until the deadline of the whole exchange
};

// The reused connection broke before a byte of an answer: it was closed as idle at the moment of its use, and RFC 9112
// section 9.3.1 lets a client repeat then. Such a try does not count.
inline bool was_stale(const fault& why, const failed_try& tried) {
    return tried.reused && !tried.answer_begun && why.code == fault_code::upstream_unreachable;
}

// Upstreams say themselves that they are busy or failed for a moment; what else may be repeated is so only once.
inline int tries_allowed(fault_code code, int attempts) {
    const bool passes = code == fault_code::upstream_error || code == fault_code::upstream_overloaded ||
                        code == fault_code::upstream_rate_limited;
    return passes ? attempts : std::min(attempts, 2);
}

// Half of the doubled base is certain, the other half is drawn, so that many that failed at once do not return at once.
// `share` is the draw, 0 to 1000.
inline std::chrono::milliseconds backoff(const retry_options& rules, int tries, int share) {
    auto full = std::min(rules.backoff_base, rules.backoff_max);
    for (int i = 1; i < tries && full < rules.backoff_max; ++i) full = std::min(full * 2, rules.backoff_max);
    return full / 2 + (full - full / 2) * share / 1000;
}

// The advice of the fault decides; a longer wait than allowed, or than there is time for, goes to the next candidate.
// While there is one, nobody waits longer than backoff_max.
inline next_move decide(const fault& why, const failed_try& tried, const retry_options& rules, int share) {
    // Ferry's own faults end a request, but for one that is about this candidate alone.
    const bool is_about_it = why.source == fault_source::upstream || why.retry == retry_advice::next_candidate;
    if (!tried.client_waits || !is_about_it) return {};
    if (tried.may_have_acted || why.retry == retry_advice::never || tried.left.count() <= 0) return {};
    const next_move other{tried.has_next ? next_step::next_candidate : next_step::give_up};
    if (why.retry == retry_advice::next_candidate) return other;
    if (was_stale(why, tried)) return {next_step::again};
    if (tried.tries >= tries_allowed(why.code, rules.attempts)) return other;
    const auto patience = tried.has_next ? std::min(rules.retry_after_max, rules.backoff_max) : rules.retry_after_max;
    if (why.retry_after && *why.retry_after > patience) return other;
    const auto wait = why.retry_after ? *why.retry_after : backoff(rules, tried.tries, share);
    if (wait >= tried.left) return other;
    if (!tried.has_next && tried.held + wait > rules.hold_max) return other;
    return {next_step::again, wait};
}

}  // namespace ferry::relay
