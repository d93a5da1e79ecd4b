#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

namespace ferry::store::postgres {

// Ends calls that take too long. A call to a server that is frozen, or gone without a word, would block its thread for
// ever: past its deadline the socket is shut down from here, and the call fails.
// Owned by: the database and everything it hands out, together. Lives on: any thread; it has one of its own.
class watchdog {
    using clock = std::chrono::steady_clock;

public:
    watchdog();
    ~watchdog();
    watchdog(const watchdog&) = delete;
    watchdog& operator=(const watchdog&) = delete;

    // One call under watch, from construction to destruction.
    // REQUIRES: `socket` stays open, and the watchdog and `was_cut` alive, as long.
    class call {
    public:
        // `most` of zero is as long as it likes. `was_cut` is set when the deadline ended the call.
        call(watchdog& by, int socket, std::chrono::milliseconds most, std::atomic<bool>& was_cut);
        ~call();
        call(const call&) = delete;
        call& operator=(const call&) = delete;

    private:
        watchdog& by_;
        std::uint64_t id_;
    };

    // From now on no call takes longer than this, those under way included: the process is about to end.
    void hurry(std::chrono::milliseconds most);

private:
    struct watched {
        int socket;
        clock::time_point deadline;
        std::atomic<bool>* was_cut;
    };

    void run();

    std::mutex mutex_;
    std::condition_variable wake_;
    std::map<std::uint64_t, watched> calls_;
    std::uint64_t next_id_ = 0;
    clock::time_point sleeps_until_ = clock::time_point::max();
    std::chrono::milliseconds longest_ = std::chrono::milliseconds::max();
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace ferry::store::postgres
