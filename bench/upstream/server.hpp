#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "io/listener.hpp"
#include "io/network.hpp"
#include "io/tls_context.hpp"
#include "upstream/control.hpp"
#include "upstream/ledger.hpp"
#include "upstream/object_store.hpp"
#include "upstream/rate_limiter.hpp"
#include "upstream/script.hpp"
#include "upstream/standstill.hpp"
#include "upstream/stats.hpp"

namespace ferry::bench {

struct upstream_options {
    std::string listen = "127.0.0.1:0";
    unsigned threads = 1;
    std::string script_file;
    std::string preset;  // "": none
    std::string tls_certificate, tls_key;
    tls_versions tls_allowed;
    network way;
    pauses standing_still;
    std::string ledger_file;
    std::string port_file;
    bool record = true;
    bool sha256 = false;
    std::uint64_t seed = 1;
};

// All that the workers share.
struct upstream_shared {
    explicit upstream_shared(const upstream_options& o)
        : options(o), rules(o.way, o.preset), journal(o.record, o.ledger_file) {}

    const upstream_options options;
    const steady::time_point begun = steady::now();
    tls_context tls;  // null: plain
    script rules;
    ledger journal;
    object_store objects;
    rate_limiter limits;
    stats counters;
    control commands{rules, journal, objects, limits, counters};
    std::atomic<std::uint64_t> next_connection{1};
};

// `ferry-bench upstream`: serves until SIGTERM or SIGINT, then returns 0. Throws std::exception in words if it cannot
// start.
int run_upstream(const upstream_options& options);

}  // namespace ferry::bench
