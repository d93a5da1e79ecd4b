#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "usage/segment.hpp"

namespace ferry::usage {

// Why a core finds no next segment.
enum class no_segment : unsigned char {
    late,    // the journal thread has not come to it yet
    full,    // usage.journal_max_bytes is reached, or the disk has no room
    failed,  // a file cannot be made
};

// One core's row of segments, and everything that crosses between the core, the journal thread and the shipper.
// Owned by: journal. Each field says who writes it.
struct lane {
    explicit lane(unsigned number) : core(number) {}

    // Oldest first; the last one may be `ready` still. All own segments that are not shipped yet.
    std::vector<std::shared_ptr<segment>> all() {
        std::lock_guard lock(guard);
        return {segments.begin(), segments.end()};
    }

    // Up to this position everything is on the disk, or, where the disk failed, its rows are in the store. A segment
    // that failed and is not shipped holds it back. Journal thread.
    std::uint64_t safe_to();

    // Tells those who wait for a position up to `safe` that it is durable; how many go on waiting. Journal thread.
    std::size_t release_waiters(std::uint64_t safe);
    // Tells those who wait for a position behind `from`, up to `to`, that it will never be. Any thread.
    void fail_waiters(std::uint64_t from, std::uint64_t to);
    // Tells those who wait for a next segment to look again. Journal thread.
    void release_room_waiters();
    // Does nothing while `post` is not set.
    void on_core_if_it_runs(std::function<void()> job);

    const unsigned core;

    // The next segment: the journal thread puts it there, the core takes it, or the journal thread takes it back.
    std::atomic<segment*> ready{nullptr};
    // A next segment that is too small for what is open: the core gives it back for a larger one. While one stands
    // here, the core takes no other.
    std::atomic<segment*> rejected{nullptr};
    // Set by the journal thread when the current segment is not worth going on with: the core moves to the next one.
    std::atomic<bool> must_rotate{false};
    // Why there is no next segment. Written by the journal thread.
    std::atomic<no_segment> why_none{no_segment::late};
    // Written by the journal thread: the disk takes nothing, and the store has not taken it instead.
    std::atomic<bool> is_stuck{false};

    // Written by the core.
    std::atomic<std::uint64_t> position{0};  // bytes appended since the start
    std::atomic<std::uint64_t> wanted{0};    // bytes a next segment must hold: repeats and what is set aside
    std::atomic<std::uint64_t> begun{0}, ended{0}, refused{0}, deferred{0}, late{0};

    // Written by the shipper: requests that ended and whose record cannot be read, for the file was cut.
    std::atomic<std::uint64_t> lost{0};

    struct waiter {
        std::uint64_t position;
        std::function<void(bool)> callback;
    };

    std::mutex guard;                               // taken by the core in when_durable() and when_room() only
    std::deque<std::shared_ptr<segment>> segments;  // the journal thread adds, the shipper removes
    std::vector<waiter> waiters;
    std::vector<std::function<void()>> room_waiters;
    std::function<void(std::function<void()>)> post;  // runs a function on the core
    std::uint64_t last_number = 0;                    // journal thread
    std::uint64_t ready_bytes = 0;                    // journal thread: of the segment made last

    // Journal thread: when it may leave a segment that does not sync again, and how long it waits the next time.
    std::chrono::steady_clock::time_point next_escape{};
    std::chrono::milliseconds escape_backoff{0};
    // How far everything was safe, and since when that has not moved although something has failed.
    std::uint64_t safe_position = 0;
    std::chrono::steady_clock::time_point safe_since{};

private:
    void tell(std::uint64_t from, std::uint64_t to, bool is_durable);
    void on_core(std::function<void()> job);
};

}  // namespace ferry::usage
