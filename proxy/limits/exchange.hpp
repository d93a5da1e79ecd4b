// Tells other processes what this one lets through, and hears what they do.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "limits/limiter.hpp"
#include "store/store_thread.hpp"

namespace ferry::limits {

// While the store is away each process goes by what it knew last. Owned by: the application. REQUIRES: the limiter
// outlives it.
class exchange {
public:
    // `instance` names this process; `interval` is the pause between two exchanges, which is longer if one takes long.
    exchange(limiter& home, std::unique_ptr<store::limit_store> store, std::string instance,
             std::chrono::milliseconds interval);
    ~exchange() { stop(); }

    // Tells once more, for the process that comes after this one.
    void stop();

private:
    void repeat();
    void ask_soon();
    void round();

    limiter& limiter_;
    std::unique_ptr<store::limit_store> store_;
    std::string instance_;
    std::chrono::milliseconds interval_;
    std::int64_t last_ms_ = 0, turn_ = 0;
    bool is_away_ = false;
    steady::time_point forgot_{};
    steady::time_point rests_until_{};
    std::atomic<std::int64_t> alone_until_ms_{0};  // no other process is known of, as of not long ago
    std::atomic<bool> is_asked_{false};
    store::store_thread thread_;  // last: its jobs use all of the above
};

}  // namespace ferry::limits
