#include "store/postgres/watchdog.hpp"

#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>

namespace ferry::store::postgres {

watchdog::watchdog() : thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), "ferry-watchdog");
}

watchdog::~watchdog() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
}

watchdog::call::call(watchdog& by, int socket, std::chrono::milliseconds most, std::atomic<bool>& was_cut) : by_(by) {
    bool is_earlier = false;
    {
        const std::lock_guard lock(by.mutex_);
        if (most.count() == 0) most = std::chrono::milliseconds::max();
        most = std::min(most, by.longest_);
        const bool has_end = most != std::chrono::milliseconds::max();
        const auto deadline = has_end ? clock::now() + most : clock::time_point::max();
        id_ = by.next_id_++;
        by.calls_.emplace(id_, watched{socket, deadline, &was_cut});
        is_earlier = deadline < by.sleeps_until_;
    }
    if (is_earlier) by.wake_.notify_one();
}

watchdog::call::~call() {
    const std::lock_guard lock(by_.mutex_);
    by_.calls_.erase(id_);
}

void watchdog::hurry(std::chrono::milliseconds most) {
    {
        const std::lock_guard lock(mutex_);
        longest_ = most;
        const auto latest = clock::now() + most;
        for (auto& [id, call] : calls_) call.deadline = std::min(call.deadline, latest);
    }
    wake_.notify_one();
}

void watchdog::run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        sleeps_until_ = clock::time_point::max();
        const auto now = clock::now();
        for (auto& [id, call] : calls_) {
            if (call.deadline <= now) {
                *call.was_cut = true;
                ::shutdown(call.socket, SHUT_RDWR);
                call.deadline = clock::time_point::max();
            }
            sleeps_until_ = std::min(sleeps_until_, call.deadline);
        }
        // (A wait until the end of time overflows in the standard library's arithmetic.)
        if (sleeps_until_ == clock::time_point::max())
            wake_.wait(lock);
        else
            wake_.wait_until(lock, sleeps_until_);
    }
}

}  // namespace ferry::store::postgres
