// What a core lends to every exchange it serves.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "access/snapshot.hpp"
#include "base/access_log.hpp"
#include "conversation/archive.hpp"
#include "conversation/memory.hpp"
#include "conversation/options.hpp"
#include "limits/budgets.hpp"
#include "limits/limiter.hpp"
#include "limits/request_sizes.hpp"
#include "net/buffer_pool.hpp"
#include "net/timer_wheel.hpp"
#include "relay/exchange/options.hpp"
#include "upstream/pool.hpp"
#include "usage/calibrations.hpp"
#include "usage/journal_writer.hpp"

namespace ferry::relay {

class circuits;
class hedge_budget;
class id_owners;
class repair_memory;
class retry_budget;
class row_delays;
class row_slots;
class row_speeds;
struct counters;

// Memory of all cores together for one purpose: request bodies, or answers. Shared; counted in pieces as it grows.
struct memory_budget {
    explicit memory_budget(std::size_t most) : limit(most) {}
    bool take(std::size_t bytes) {
        if (used.fetch_add(bytes, std::memory_order_relaxed) + bytes <= limit) return true;
        used.fetch_sub(bytes, std::memory_order_relaxed);
        return false;
    }
    void give_back(std::size_t bytes) { used.fetch_sub(bytes, std::memory_order_relaxed); }

    std::atomic<std::size_t> limit;
    std::atomic<std::size_t> used{0};
};

// The configuration as the relay needs it. Immutable: replaced as a whole, and a request keeps the one it began with.
struct settings {
    options relay;
    conversation::options conversations;
    std::chrono::milliseconds connect{5'000};
    std::chrono::milliseconds body_timeout{120'000};
    // A client that takes nothing of its answer for so long is gone, whatever its connection says.
    std::chrono::milliseconds client_patience{75'000};
    std::chrono::milliseconds slow{0};  // log.slow; 0: nothing is slow
    std::size_t json_body_bytes = 32u << 20;
    std::size_t multipart_body_bytes = 100u << 20;
    std::string spool_dir = "/var/tmp";
    std::size_t json_depth = 128;
    bool auth_required = true;
    bool expose_upstream_limits = true;
    bool durable_power = false;  // usage.durability = "power"
    bool estimates = true;       // usage.estimate
};

enum class run_phase { serving, draining, stopping };

// Owned by a core; lives on it. Outlives every session of the core.
struct services {
    boost::asio::io_context& context;
    net::timer_wheel& wheel;
    net::buffer_pool& buffers;
    upstream::pool& pool;
    usage::journal_writer& journal;
    access_log& log;
    memory_budget& bodies;
    memory_budget& answers;
    memory_budget& spools;  // of the disk: request bodies in files
    counters& counts;
    repair_memory& learned;
    circuits& breakers;                               // of all cores
    row_delays& delays;                               // likewise
    retry_budget& repetitions;                        // likewise
    hedge_budget& hedges;                             // likewise
    id_owners& owners;                                // likewise
    row_speeds& speeds;                               // likewise
    row_slots& slots;                                 // likewise
    conversation::memory& remembered;                 // likewise
    conversation::archive& archive;                   // likewise
    limits::limiter& limiter;                         // likewise
    limits::request_sizes& sizes;                     // likewise
    limits::budgets& budgets;                         // likewise
    usage::calibrations& calibrations;                // likewise
    access::snapshot current;                         // what the next request pins
    std::shared_ptr<const relay::settings> settings;  // what the next request keeps
    run_phase phase = run_phase::serving;
};

}  // namespace ferry::relay
