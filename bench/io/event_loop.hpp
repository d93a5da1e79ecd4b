#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "io/timer_heap.hpp"

namespace ferry::bench {

// Told when a descriptor is ready; `events` are epoll's bits.
class watcher {
public:
    virtual void on_ready(std::uint32_t events) = 0;

protected:
    ~watcher() = default;
};

// One thread's epoll (level-triggered) and its timers. Owned by: a worker. Lives on: the thread that calls run().
class event_loop {
public:
    event_loop();
    ~event_loop();
    event_loop(const event_loop&) = delete;
    event_loop& operator=(const event_loop&) = delete;

    void watch(int fd, watcher& w, std::uint32_t events);
    void change(int fd, watcher& w, std::uint32_t events);
    void forget(int fd);  // closing a descriptor forgets it too
    timer_heap& timers() { return timers_; }
    // Keeps `what` alive until the present turn is over, so that a watcher may end itself while it is being called.
    void retire(std::shared_ptr<void> what) { retired_.push_back(std::move(what)); }

    void run();   // until stop()
    void stop();  // any thread

    // Whoever measures latencies has the loop look at the clock around each wait.
    void keep_time() { keeps_time_ = true; }
    // Since when at the earliest what is told now can have been ready: the end of the wait if that waited, else the
    // last time that the kernel was asked. REQUIRES: keep_time().
    steady::time_point ready_since() const { return ready_since_; }

private:
    int wait(void* events, int room);
    int timed_wait(void* events, int room);

    int epoll_;
    int wake_;  // eventfd
    std::atomic<bool> stopping_{false};
    bool keeps_time_ = false;
    steady::time_point asked_, ready_since_;
    timer_heap timers_;
    std::vector<std::shared_ptr<void>> retired_;
};

}  // namespace ferry::bench
