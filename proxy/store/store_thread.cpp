#include "store/store_thread.hpp"

#include <pthread.h>

#include <exception>
#include <utility>

#include "base/thread_priority.hpp"

namespace ferry::store {

store_thread::store_thread(const std::string& name, error_sink on_error)
    : on_error_(std::move(on_error)), thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
}

store_thread::~store_thread() {
    stop();
}

bool store_thread::post(job work) {
    return post_after(duration::zero(), std::move(work));
}

bool store_thread::post_after(duration delay, job work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_) return false;
        jobs_.emplace(clock::now() + delay, std::move(work));
    }
    wake_.notify_one();
    return true;
}

void store_thread::stop() {
    std::multimap<clock::time_point, job> dropped;  // dies outside the lock, for what a job holds may post
    {
        const std::lock_guard lock(mutex_);
        for (auto later = jobs_.upper_bound(clock::now()); !stopping_ && later != jobs_.end();) {
            dropped.insert(jobs_.extract(later++));
        }
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
}

void store_thread::run() {
    give_way_to_cores();
    std::unique_lock lock(mutex_);
    while (!stopping_ || !jobs_.empty()) {
        if (jobs_.empty()) {
            wake_.wait(lock);
            continue;
        }
        const auto first = jobs_.begin();
        const clock::time_point due = first->first;
        if (due > clock::now()) {
            wake_.wait_until(lock, due);
            continue;
        }
        job work = std::move(first->second);
        jobs_.erase(first);
        lock.unlock();
        try {
            work();
        } catch (const std::exception& error) {
            on_error_(error.what());
        }
        work = nullptr;  // what it holds dies outside the lock
        lock.lock();
    }
}

}  // namespace ferry::store
