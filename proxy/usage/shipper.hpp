#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/store_thread.hpp"
#include "store/usage_store.hpp"
#include "usage/batch.hpp"
#include "usage/dead_letter.hpp"
#include "usage/journal.hpp"
#include "usage/source.hpp"
#include "usage/turn.hpp"

namespace ferry::usage {

class live_source;

struct shipper_status {
    std::uint64_t rows_shipped = 0;    // usage rows the store has taken, also those it knew already
    std::uint64_t rows_new = 0;        // of them, those it did not know yet
    std::uint64_t lag_rows = 0;        // requests ended in this process whose row is not in the store yet
    std::uint64_t lag_bytes = 0;       // journal bytes not read and committed yet, adopted segments included
    std::uint64_t dead_letters = 0;    // rows the store refused, in dead-letter.jsonl of the journal's folder
    std::uint64_t interrupted = 0;     // rows made of a begin without an end
    std::uint64_t quarantined = 0;     // damaged segments set aside in quarantine/
    std::uint64_t left_for_newer = 0;  // segments written by a newer version, left where they are
    bool store_is_away = false;
    std::string last_error;   // "" if the last round went well
    std::string purge_error;  // why rows of old months are still in the store, "" if they are not
};

// Carries the journal into the store: tails this process's segments up to their published offset, adopts those of dead
// processes (at start and every second: an overlapping process may die later), inserts in batches, and removes a
// segment once all in it is committed. Nothing is lost while the store is away: it waits in the journal.
// Owned by: application. Works on: its own store thread; status() and flush() on any thread.
// Turns of conversations go with the rows of their requests, to `turns` if there is one.
// REQUIRES: journal, store and sink outlive it; the store is used by nobody else.
class shipper {
public:
    shipper(journal& from, store::usage_store& into, turn_sink* turns = nullptr);
    ~shipper();
    shipper(const shipper&) = delete;
    shipper& operator=(const shipper&) = delete;

    // Ships all that is in the journal now; false if the store was away or the time was up first. What is left stays
    // in the journal for the next start. Waits.
    bool flush(std::chrono::steady_clock::time_point deadline);

    // Ends the thread after the call to the store that is under way. Nothing is shipped afterwards.
    void stop();

    shipper_status status() const;

    // All that processes before this one left in the journal has been shipped: the store knows it.
    bool has_caught_up() const { return has_caught_up_.load(std::memory_order_acquire); }

private:
    void tick();
    bool round();
    void adopt_if_due();
    void purge_if_due();
    std::string purge();
    bool purge_sums();
    bool collect();
    void commit();
    void insert(std::size_t first, std::size_t last);
    void bury(const store::usage_row& row, std::span<const store::attempt_row> attempts, std::string_view reason);
    void note(const std::string& error, bool store_is_away);

    journal& journal_;
    store::usage_store& store_;
    turn_sink* turns_;
    dead_letter dead_letter_;
    batch batch_;  // what is read and not committed
    std::vector<std::unique_ptr<source>> sources_;
    std::vector<live_source*> live_;  // those of sources_ that are this process's; they never go
    shipper_status counts_;           // of the thread; what others see is a copy
    std::chrono::milliseconds backoff_{0};
    std::chrono::steady_clock::time_point next_adoption_{}, next_purge_{};
    std::atomic<bool> stopping_{false}, has_caught_up_{false};

    mutable std::mutex mutex_;  // guards what follows
    shipper_status status_;
    std::uint64_t rows_committed_ = 0, bytes_committed_ = 0, adopted_bytes_ = 0;

    store::store_thread thread_;  // last: its jobs use all of the above
};

}  // namespace ferry::usage
