// What a core counts. Written on its core, read from anywhere.
#pragma once

#include <atomic>
#include <cstdint>

#include "relay/books/request_metrics.hpp"
#include "usage/calibrations.hpp"

namespace ferry::relay {

struct counters {
    std::atomic<std::uint64_t> connections{0};       // accepted
    std::atomic<std::uint64_t> requests{0};          // heads read
    std::atomic<std::uint64_t> refused_framing{0};   // requests refused before they were understood
    std::atomic<std::uint64_t> refused_auth{0};      // 401 and 403
    std::atomic<std::uint64_t> refused_request{0};   // other 4xx and 503 before a model was resolved
    std::atomic<std::uint64_t> refused_limit{0};     // 429 by a limit or budget of who asks
    std::atomic<std::uint64_t> refused_overload{0};  // 503 because the core has too much to do
    std::atomic<std::int64_t> loop_lag_us{0};        // how long what was ready waited for its turn, where many were
    std::atomic<std::int64_t> is_shedding{0};        // 1 while new requests may be refused for that
    std::atomic<std::uint64_t> relayed{0};           // requests that resolved to a model: one usage row each
    std::atomic<std::uint64_t> failed{0};            // ... of those, answered with an error or cut
    std::atomic<std::uint64_t> unpriced{0};          // ... of those, answered by a row whose price nobody knows
    std::atomic<std::uint64_t> rescued{0};           // streams that broke off and that another try went on with
    std::atomic<std::uint64_t> not_rescued{0};       // ... that nobody did, though tried
    std::atomic<std::uint64_t> hedged{0};            // second tries begun beside the first
    std::atomic<std::uint64_t> hedges_won{0};        // ... that had the first content
    std::atomic<std::uint64_t> hedges_forgone{0};    // that would have exceeded their share
    std::atomic<std::uint64_t> lost_turns{0};        // of conversations, that could not be kept
    std::atomic<std::int64_t> open_connections{0};
    std::atomic<std::int64_t> open_exchanges{0};
    request_metrics measured;
    usage::lesson_plan lessons;  // of the core alone
};

inline void count(std::atomic<std::uint64_t>& counter) {
    // One writer per counter: no locked instruction is needed.
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace ferry::relay
