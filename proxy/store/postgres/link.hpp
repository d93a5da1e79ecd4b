#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <pqxx/result>
#include <pqxx/transaction>
#include <string>
#include <utility>

#include "store/postgres/connection.hpp"
#include "store/postgres/error.hpp"
#include "store/postgres/watchdog.hpp"

namespace ferry::store::postgres {

// What all stores of one database share. Immutable but for the watchdog, which takes calls from any thread.
struct place {
    place(address to, std::chrono::milliseconds lock_wait, std::chrono::milliseconds call_wait)
        : where(std::move(to)), lock_timeout(lock_wait), call_timeout(call_wait) {}

    address where;
    std::chrono::milliseconds lock_timeout;  // how long a call waits for another transaction
    std::chrono::milliseconds call_timeout;  // how long a call may take in all
    watchdog watch;
};

enum class access {
    reading,  // one consistent view, no writes
    writing,
};

// A store's way to its connection: opened at the first call, thrown away with the first error, opened anew by the next.
// Owned by: one store. Lives on: one thread at a time.
class link {
public:
    explicit link(std::shared_ptr<place> at) : place_(std::move(at)) {}

    // Runs work(transaction) in a transaction of its own, commits and returns what it returned. `doing` completes
    // "cannot
    // ... in STORE". Throws the store's errors, and as it is what `work` throws of its own.
    template <class Work>
    auto run(access wanted, const char* doing, Work work) {
        return run(wanted, doing, place_->call_timeout, std::move(work));
    }
    // The same for work that may take as long as it likes.
    template <class Work>
    auto run_patiently(access wanted, const char* doing, Work work) {
        return run(wanted, doing, std::chrono::milliseconds::zero(), std::move(work));
    }

private:
    template <class Work>
    auto run(access wanted, const char* doing, std::chrono::milliseconds most, Work work) {
        was_cut_ = false;
        try {
            connection& db = get();
            const watchdog::call watched(place_->watch, db.socket(), most, was_cut_);
            pqxx::work all(db.get());
            all.exec(settings(wanted, most));
            if constexpr (std::is_void_v<decltype(work(all))>) {
                work(all);
                all.commit();
            } else {
                auto result = work(all);
                all.commit();
                return result;
            }
        } catch (...) {
            open_.reset();
            if (was_cut_) fail_for_silence(doing);
            rethrow(doing, place_->where.description);
        }
    }
    connection& get();
    std::string settings(access wanted, std::chrono::milliseconds most) const;
    [[noreturn]] void fail_for_silence(const char* doing) const;

    std::shared_ptr<place> place_;
    std::optional<connection> open_;
    std::atomic<bool> was_cut_{false};  // the last call, by the watchdog
};

}  // namespace ferry::store::postgres
