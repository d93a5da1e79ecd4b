#include "limits/exchange.hpp"

#include <algorithm>
#include <exception>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "limits/steady_ms.hpp"

namespace ferry::limits {
namespace {

constexpr auto between_forgetting = std::chrono::hours(1);

}  // namespace

exchange::exchange(limiter& home, std::unique_ptr<store::limit_store> store, std::string instance,
                   std::chrono::milliseconds interval)
    : limiter_(home),
      store_(std::move(store)),
      instance_(std::move(instance)),
      interval_(interval),
      thread_("limits", [](const std::string& what) { log_error("Sharing limits failed: {}", what); }) {
    limiter_.on_new([this] { ask_soon(); });
    thread_.post_after(interval_, [this] { repeat(); });
}

void exchange::stop() {
    thread_.post([this] { round(); });
    thread_.stop();
}

// Somebody is here for the first time, and may come from another process: what he used there is soon known. Where there
// is no other process, it is known as soon as that of everybody else.
void exchange::ask_soon() {
    if (steady_ms() < alone_until_ms_ || is_asked_.exchange(true)) return;
    const bool is_posted = thread_.post([this] {
        const auto pause = rests_until_ - steady::now();
        thread_.post_after(std::max(pause, steady::duration(0)), [this] {
            is_asked_ = false;
            round();
        });
    });
    if (!is_posted) is_asked_ = false;
}

void exchange::repeat() {
    round();
    thread_.post_after(std::max<steady::duration>(interval_, rests_until_ - steady::now()), [this] { repeat(); });
}

void exchange::round() {
    const auto began = steady::now();
    const auto at = steady_ms();
    const auto waiting = limiter_.take_waiting();
    const auto used = limiter_.collect(last_ms_, at);
    try {
        const auto decide = [&](const store::limits_of_others& others) {
            alone_until_ms_ = others.replicas < 2 ? at + 2 * interval_.count() : 0;
            return limiter_.share(used, others, ++turn_, steady_ms());
        };
        if (!used.empty()) store_->exchange(instance_, used, decide);
        last_ms_ = at;
        if (steady::now() - forgot_ > between_forgetting) {
            store_->forget_old_use();
            forgot_ = steady::now();
        }
        if (is_away_) log_info("Limits are shared again");
        is_away_ = false;
    } catch (const std::exception& away) {
        if (!is_away_) log_warn("Limits are not shared, each process goes by what it knows: {}", away.what());
        is_away_ = true;
        limiter_.lose_others();
    }
    for (const auto& one : waiting) one();
    // However many there are, most of the time is the requests'.
    const auto now = steady::now();
    rests_until_ = now + 4 * (now - began);
}

}  // namespace ferry::limits
