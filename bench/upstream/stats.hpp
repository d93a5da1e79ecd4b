#pragma once

#include <atomic>
#include <cstdint>

namespace ferry::bench {

// Counters of the whole process; control requests and their connections are not counted. Lives on: any thread.
struct stats {
    using counter = std::atomic<std::uint64_t>;

    counter requests{0};     // received whole
    counter completed{0};    // answered to the last byte
    counter client_gone{0};  // the peer closed or reset before its answer was whole
    counter broken{0};       // ended on purpose: cut, reset
    counter bad_requests{0};
    counter accepted{0};          // connections ever
    counter open_connections{0};  // now
    counter in_flight{0};         // now
    counter events{0};            // stream events written whole
    counter bytes_sent{0};
    counter tls_handshakes{0};
    counter tls_resumed{0};

    void reset();  // all but what is "now"
};

inline void bump(stats::counter& c, std::uint64_t by = 1) {
    c.fetch_add(by, std::memory_order_relaxed);
}
inline void drop(stats::counter& c) {
    c.fetch_sub(1, std::memory_order_relaxed);
}

inline void stats::reset() {
    for (counter* c : {&requests, &completed, &client_gone, &broken, &bad_requests, &accepted, &events, &bytes_sent,
                       &tls_handshakes, &tls_resumed}) {
        c->store(0, std::memory_order_relaxed);
    }
}

}  // namespace ferry::bench
