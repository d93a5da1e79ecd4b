// What operators see of a core's pool, without asking the core for it.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace ferry::upstream {

struct pool_status {
    std::string label;  // scheme, host, port, and the row's own proxy
    std::size_t idle = 0, in_use = 0;
    std::uint64_t opened = 0, reused = 0, failed = 0;  // failed: connects
    std::uint64_t waited = 0, refused = 0;             // requests that met max_connections_per_endpoint
};

// A number that one thread changes and any thread reads.
class figure {
public:
    void set(std::uint64_t value) { value_.store(value, std::memory_order_relaxed); }
    void add(std::uint64_t more = 1) { set(read() + more); }
    std::uint64_t read() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

// Of one endpoint; written by the pool's core alone.
struct endpoint_figures {
    explicit endpoint_figures(std::string name) : label(std::move(name)) {}
    const std::string label;
    figure idle, in_use, opened, reused, failed, waited, refused;
};

// The list changes when the pool meets or forgets an endpoint; nothing is copied for it otherwise.
class pool_figures {
public:
    void add(std::shared_ptr<const endpoint_figures> one) {
        const std::lock_guard lock(mutex_);
        all_.push_back(std::move(one));
    }
    void remove(const endpoint_figures* one) {
        const std::lock_guard lock(mutex_);
        std::erase_if(all_, [one](const auto& each) { return each.get() == one; });
    }
    std::vector<pool_status> read() const {
        std::vector<std::shared_ptr<const endpoint_figures>> all;
        {
            const std::lock_guard lock(mutex_);
            all = all_;
        }
        std::vector<pool_status> shown;
        shown.reserve(all.size());
        for (const auto& one : all) {
            shown.push_back({one->label, one->idle.read(), one->in_use.read(), one->opened.read(), one->reused.read(),
                             one->failed.read(), one->waited.read(), one->refused.read()});
        }
        return shown;
    }

private:
    mutable std::mutex mutex_;
    std::vector<std::shared_ptr<const endpoint_figures>> all_;
};

}  // namespace ferry::upstream
