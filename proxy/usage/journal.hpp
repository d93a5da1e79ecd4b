#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "usage/journal_writer.hpp"
#include "usage/options.hpp"

namespace ferry::usage {

// The journal cannot be opened: one sentence that says where, why and what to do.
class journal_error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// What is not for the operator to tune.
struct journal_tuning {
    std::uint64_t segment_bytes = std::uint64_t{8} << 20;  // a segment is larger where many requests are open
    std::chrono::milliseconds sync_interval{50};
    std::function<void()> while_taking_back{};  // tests: runs between the steps that a core must see in order
    std::chrono::milliseconds patience{1000};   // with a disk that makes nothing durable while somebody waits for it
};

struct journal_status {
    std::uint64_t segments = 0;  // of this process, not shipped to the end
    std::uint64_t bytes = 0;     // on the disk, those adopted from dead processes included
    std::uint64_t max_bytes = 0;
    std::uint64_t open_requests = 0;
    std::uint64_t refused = 0;          // requests answered journal_full or journal_failed
    std::uint64_t late = 0;             // times that a request had to wait for a next segment
    std::uint64_t deferred = 0;         // attempt records that found no room
    std::uint64_t failed_segments = 0;  // since the start: could not be synced, or were cut or removed by others
    std::uint64_t lost_requests = 0;    // their records were in such a file and never reached the store
    std::string last_error;             // what is wrong; "" if the last round went well and no held segment failed
};

// The journal of this process: a folder of segments, one writer per core, and the thread that prepares the next
// segment of each core, syncs every 50 ms and whenever somebody waits for it.
// Owned by: application, which destroys it after the cores and the shipper. Lives on: the main thread; writer(i) on
// core i; status() on any thread.
class journal {
public:
    // Creates the folder if it is missing, and two segments per core. Throws journal_error.
    journal(options chosen, unsigned cores, journal_tuning tuning = {});
    ~journal();
    journal(const journal&) = delete;
    journal& operator=(const journal&) = delete;

    journal_writer& writer(unsigned core) { return *writers_.at(core); }
    const uuid& instance() const { return instance_; }
    const options& settings() const { return options_; }
    journal_status status() const;

    // Settles and seals everything, syncs once more and ends the thread. REQUIRES: the cores have stopped.
    void close();

    // For the shipper: the lanes; that `bytes` of segments were adopted from a dead process, or went away.
    const std::vector<std::unique_ptr<lane>>& lanes() const { return lanes_; }
    void bytes_added(std::uint64_t bytes) { bytes_ += bytes; }
    void bytes_released(std::uint64_t bytes);
    // The store has taken rows of a segment that failed: somebody may be waiting for that.
    void shipped_instead() { wake(); }

private:
    void run();
    void wake();
    void prepare(lane& which);
    no_segment make_next(lane& which, std::uint64_t bytes);
    void take_back_rejected(lane& which);
    void take_back_ready(lane& which);
    std::string forget(lane& which, const segment& unused);
    void remove_unused(const std::string& path);
    bool may_grow(lane& which, std::uint64_t bytes) const;
    void add_segment(lane& which, std::uint64_t bytes);
    void sync(lane& which);
    void give_up(lane& which, const segment& failed);
    void note_progress(lane& which);
    void note_error(const std::string& text);
    void remove_all_segments() noexcept;

    const options options_;
    const journal_tuning tuning_;
    const uuid instance_;
    std::vector<std::unique_ptr<lane>> lanes_;
    std::vector<std::unique_ptr<journal_writer>> writers_;
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> failed_segments_{0};
    std::atomic<bool> awake_{false}, stopping_{false};
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::string last_error_;
    bool round_failed_ = false;
    bool closed_ = false;
    std::thread thread_;
};

}  // namespace ferry::usage
