#include "net/timer_wheel.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>

namespace ferry::net {

namespace {
constexpr auto resolution = milliseconds(10);
}

struct timer_wheel::clockwork {
    explicit clockwork(boost::asio::io_context& context) : timer(context) {}
    boost::asio::steady_timer timer;
};

timer_wheel::timer_wheel(boost::asio::io_context& context)
    : clockwork_(std::make_unique<clockwork>(context)), origin_(steady::now()) {}

timer_wheel::~timer_wheel() = default;

void deadline::arm(steady::time_point when) {
    cancel();
    expired_ = false;
    when_ = when;
    wheel_.insert(*this);
}

void deadline::cancel() {
    if (armed()) wheel_.remove(*this);
}

std::int64_t timer_wheel::tick_of(steady::time_point when) const {
    // Rounded up: a deadline may fire late by one slot, never early.
    return (when - origin_ + resolution - steady::duration(1)) / resolution;
}

void timer_wheel::insert(deadline& d) {
    const auto tick = std::max(tick_of(d.when_), done_tick_ + 1);
    auto& head = slots_[static_cast<std::size_t>(tick) % slot_count];
    d.next_ = head;
    if (head) head->link_ = &d.next_;
    d.link_ = &head;
    head = &d;
    ++armed_;
    if (scheduled_tick_ == 0 || tick < scheduled_tick_) schedule(tick);
}

void timer_wheel::remove(deadline& d) {
    *d.link_ = d.next_;
    if (d.next_) d.next_->link_ = d.link_;
    d.link_ = nullptr;
    d.next_ = nullptr;
    --armed_;
}

void timer_wheel::schedule(std::int64_t tick) {
    scheduled_tick_ = tick;
    clockwork_->timer.expires_at(origin_ + tick * resolution);
    clockwork_->timer.async_wait([this](const boost::system::error_code& aborted) {
        if (!aborted) run_due();
    });
}

void timer_wheel::run_due() {
    const auto now = steady::now();
    const std::int64_t now_tick = (now - origin_) / resolution;
    scheduled_tick_ = 0;
    const auto last = std::min(now_tick, done_tick_ + static_cast<std::int64_t>(slot_count));
    for (auto tick = done_tick_ + 1; tick <= last; ++tick) {
        done_tick_ = tick;
        auto& head = slots_[static_cast<std::size_t>(tick) % slot_count];
        // An action may arm, cancel or destroy any deadline, so each pass starts again at the slot's head.
        for (auto* d = head; d != nullptr;) {
            if (d->when_ > now) {
                d = d->next_;
                continue;
            }
            remove(*d);
            d->expired_ = true;
            if (d->action_) d->action_();
            d = head;
        }
    }
    done_tick_ = now_tick;
    if (armed_ == 0) return;
    for (auto tick = done_tick_ + 1;; ++tick) {
        if (slots_[static_cast<std::size_t>(tick) % slot_count] == nullptr) continue;
        if (scheduled_tick_ == 0 || tick < scheduled_tick_) schedule(tick);
        return;
    }
}

}  // namespace ferry::net
