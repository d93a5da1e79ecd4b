#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "usage/segment.hpp"

namespace ferry::usage {

// One core's row of segments, and everything that crosses between the core, the journal thread and the shipper.
// Owned by: journal. Each field says who writes it.
struct lane {
    explicit lane(unsigned number) : core(number) {}

    // Oldest first; the last one may be `ready` still. All own segments that are not shipped yet.
    std::vector<std::shared_ptr<segment>> all() {
        std::lock_guard lock(guard);
        return {segments.begin(), segments.end()};
    }

    const unsigned core;

    // The next segment: the journal thread puts it there, the core takes it, or the journal thread takes it back.
    std::atomic<segment*> ready{nullptr};
    // A next segment that is too small for what is open: the core gives it back for a larger one.
    std::atomic<segment*> rejected{nullptr};
    // Set by the journal thread when the current segment failed to sync: the core moves on to the next one.
    std::atomic<bool> must_rotate{false};

    // Written by the core.
    std::atomic<std::uint64_t> position{0};  // bytes appended since the start
    std::atomic<std::uint64_t> wanted{0};    // bytes a next segment must hold: repeats and what is set aside
    std::atomic<std::uint64_t> begun{0}, ended{0}, refused{0}, deferred{0};

    // Written by the journal thread: everything appended up to here is on the disk.
    std::atomic<std::uint64_t> durable{0};

    struct waiter {
        std::uint64_t position;
        std::function<void(bool)> callback;
    };

    std::mutex guard;                               // never taken by the core, but by when_durable()
    std::deque<std::shared_ptr<segment>> segments;  // the journal thread adds, the shipper removes
    std::vector<waiter> waiters;
    std::function<void(std::function<void()>)> post;  // runs a function on the core
    std::uint64_t last_number = 0;                    // journal thread
    std::uint64_t ready_bytes = 0;                    // journal thread: of the segment made last
};

}  // namespace ferry::usage
