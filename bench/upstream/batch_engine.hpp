#pragma once

#include <atomic>
#include <boost/json/value.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "workload/dice.hpp"

namespace ferry::bench {

// Milliseconds by how many requests are answered at once: linear between the points, level before the first one, and
// on as between the last two behind the last.
class load_curve {
public:
    load_curve() = default;
    // A number, or [[requests, milliseconds], ...] with rising requests. Throws std::invalid_argument: what it must be.
    explicit load_curve(const boost::json::value& source);
    double at(double requests) const;

private:
    std::vector<std::pair<double, double>> points_{{1, 0}};
};

struct engine_plan {
    load_curve ttft, itl;
    // Spreads of log-normal distributions whose medians the curves are: 0.1 is about 10 % either way.
    double ttft_spread = 0, itl_spread = 0, speed_spread = 0;
    std::uint32_t most_running = 0;  // further requests wait for one to end; 0: no limit
};

// A model server that batches: the more requests it answers, the slower each. Owned by: the actions that have it, and
// requests under way. Lives on: any thread.
class batch_engine {
public:
    // One request's place in it, from its arrival until it is answered or its client went. Owned by: its body.
    class seat {
    public:
        seat(std::shared_ptr<batch_engine> in, std::uint64_t seed);
        ~seat() { leave(); }
        seat(const seat&) = delete;
        seat& operator=(const seat&) = delete;

        bool admitted();                         // may it run now?
        std::chrono::microseconds poll() const;  // if not, when to ask again
        std::chrono::microseconds first();       // REQUIRES, as the next: admitted
        std::chrono::microseconds next();
        void leave();

    private:
        enum class state { waiting, running, gone };
        const std::shared_ptr<batch_engine> engine_;
        dice dice_;
        double speed_;
        std::uint64_t ticket_ = 0;
        state state_ = state::waiting;
    };

    explicit batch_engine(engine_plan plan) : plan_(std::move(plan)) {}
    // {"ttft_ms", "itl_ms", "ttft_spread", "itl_spread", "speed_spread", "most_running", "name"}: one for all whose
    // members are the same. Throws std::invalid_argument: what it must be.
    static std::shared_ptr<batch_engine> of(const boost::json::value& source);

private:
    const engine_plan plan_;
    std::atomic<std::uint32_t> running_{0};
    mutable std::mutex mutex_;  // of the queue; taken only where most_running is set
    std::set<std::uint64_t> waiting_;
    std::uint64_t next_ticket_ = 0;
};

}  // namespace ferry::bench
