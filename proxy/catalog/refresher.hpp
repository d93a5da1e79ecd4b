// Keeps the catalog fresh: watches the store for changes, loads, publishes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "catalog/loader.hpp"
#include "catalog/refused_row.hpp"
#include "store/store_thread.hpp"

namespace ferry::catalog {

// For /status. Times are microseconds since the epoch; absent: not yet.
struct refresher_state {
    std::int64_t version = 0;                     // catalog_version of the models that are served
    bool is_from_snapshot = false;                // they were kept from an earlier time: the store was away at start
    std::optional<std::int64_t> last_success_us;  // when the store last answered, changed or not
    std::optional<std::int64_t> last_publish_us;
    std::optional<std::int64_t> last_error_us;
    std::uint64_t failures = 0;  // calls to the store that failed, since the start
    std::string last_error;      // why the catalog may be stale; "" once the store answers again
    std::string kept_because;    // why the models are an earlier version than the store's; "" if they are not
    refused_ptr refused = std::make_shared<const refused_rows>();  // rows of ai_models and model_routes; never null
};

// Asks the store every `interval` whether its catalog changed, and publishes the new one. While the store is away the
// old catalog stays, and the state and the log say so.
// Owned by: application. Lives on: its own store thread; start(), stop(), refresh_now() and state() may be called from
// any one other thread. Cancelled by: stop() or the destructor, which wait for a call to the store that is under way.
class refresher {
public:
    // Called on the caller's thread by start(), then on the store thread; it posts to the cores. Where it throws,
    // everything is read and published again.
    using publish = std::function<void(published)>;

    refresher(loader from, std::chrono::milliseconds interval, publish sink);
    ~refresher();
    refresher(const refresher&) = delete;
    refresher& operator=(const refresher&) = delete;

    // Loads and publishes before it returns, then begins to watch. Where the store is away, what was kept of it is
    // published instead. Throws store_error if there is neither; the refresher is then as before. To be called once.
    void start();

    // Loads soon even if the store has not changed: keys in files and in the environment are read again.
    void refresh_now();

    // Asks the store soon whether it has changed: somebody says so. Cheap. Any thread.
    void look();

    // How often the store is asked, from now on. Any thread.
    void set_interval(std::chrono::milliseconds interval);

    void stop();

    // Thread-safe copy.
    refresher_state state() const;

private:
    void start_without_store(const std::string& why);
    void watch(unsigned round);
    void refresh(bool even_if_unchanged);
    void accept(published fresh);
    void keep();
    void note_success();
    void note_failure(const std::string& what);

    loader loader_;
    std::chrono::milliseconds interval_;
    publish publish_;
    mutable std::mutex mutex_;  // guards state_
    refresher_state state_;
    unsigned round_ = 0;          // of the store thread: grows with each set_interval(), which ends the rounds before
    std::string keep_error_;      // of the store thread: said once
    store::store_thread thread_;  // last: its jobs use all the others
};

}  // namespace ferry::catalog
