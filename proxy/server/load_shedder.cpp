#include "server/load_shedder.hpp"

#include <algorithm>
#include <utility>

#include "base/chance.hpp"
#include "base/log.hpp"

namespace ferry::server {

namespace {

// Overload lasts; a burst does not.
constexpr int times_until_overload = 2, turns_until_overload = 3;
constexpr auto between_adjustments = milliseconds(50);
constexpr std::int64_t least_room = 8, share_of_room = 16;
constexpr int ticks_until_over = 10;
constexpr auto silence_between_lines = std::chrono::seconds(10);

std::int64_t in_ms(steady::duration length) {
    return std::chrono::duration_cast<milliseconds>(length).count();
}

// The wait is about proportional to what is in flight. It is told once in such a time while it is long, so what was
// changed before has had its effect.
std::int64_t room_for(std::int64_t open, steady::duration most, steady::duration length) {
    constexpr double least_share = 0.7;
    const auto share = std::chrono::duration<double>(most) / std::chrono::duration<double>(length);
    return std::max(least_room, static_cast<std::int64_t>(static_cast<double>(open) * std::max(least_share, share)));
}

}  // namespace

load_shedder::load_shedder(boost::asio::io_context& core, unsigned index, relay::counters& counts)
    : core_(core), index_(index), counts_(counts) {
    net::listen_to_turns(core, *this);
}

void load_shedder::limit(milliseconds most) {
    most_ = most;
    if (most_.count() == 0 && is_shedding_) end();
}

void load_shedder::waited(steady::duration length, steady::time_point now) {
    counts_.loop_lag_us.store(std::chrono::duration_cast<std::chrono::microseconds>(length).count(),
                              std::memory_order_relaxed);
    if (most_.count() == 0) return;
    const bool was_late_before = std::exchange(was_late_, length > most_);
    if (is_shedding_) {
        // Late once is a moment without a processor.
        const auto open = counts_.open_exchanges.load(std::memory_order_relaxed);
        if (was_late_ && was_late_before) room_ = room_for(std::min(room_, std::max(open, room_ / 2)), most_, length);
        return adjust(2 * length > most_, now);
    }
    if (!was_late_) return late_since_.reset();
    if (!late_since_) late_since_ = now - length, late_turns_ = 0;
    const bool lasts = ++late_turns_ >= turns_until_overload && now - *late_since_ >= times_until_overload * most_;
    if (lasts) begin(length, now);
}

void load_shedder::begin(steady::duration length, steady::time_point now) {
    is_shedding_ = true;
    counts_.is_shedding.store(1, std::memory_order_relaxed);
    late_since_.reset();
    calm_ticks_ = 0;
    adjusted_ = now;
    room_ = room_for(counts_.open_exchanges.load(std::memory_order_relaxed), most_, length);
    refused_before_ = refused_seen_ = counts_.refused_overload.load(std::memory_order_relaxed);
    net::hurry(core_, true);
    if (now - told_ < silence_between_lines) return;
    told_ = now;
    log_warn(
        "Core {} has more to do than it can: what is ready waits {} ms for its turn, and server.max_loop_lag is {} ms. "
        "New requests beyond {} at once are refused with 503 until that is over",
        index_, in_ms(length), most_.count(), room_);
}

void load_shedder::adjust(bool is_late, steady::time_point now) {
    // What is let in may have its work to do later.
    if (is_late || now - adjusted_ < between_adjustments) return;
    adjusted_ = now;
    room_ += std::max<std::int64_t>(1, room_ / share_of_room);
}

std::optional<fault> load_shedder::refusal() {
    if (counts_.open_exchanges.load(std::memory_order_relaxed) <= room_) return std::nullopt;
    relay::count(counts_.refused_overload);
    auto why = fault::self(fault_code::overloaded, "The proxy has too much to do: try again shortly.",
                           "Work waits longer for its turn than server.max_loop_lag.");
    // Who is refused in the same moment does not come back in the same moment.
    why.retry_after = milliseconds(1'000 + static_cast<std::int64_t>(draw_below(1'000)));
    return why;
}

void load_shedder::tick(steady::time_point now) {
    if (!is_shedding_) return;
    const auto refused = counts_.refused_overload.load(std::memory_order_relaxed);
    calm_ticks_ = refused == refused_seen_ && !was_late_ ? calm_ticks_ + 1 : 0;
    refused_seen_ = refused;
    if (calm_ticks_ < ticks_until_over) return;
    end();
    if (now - told_ < silence_between_lines && refused == refused_before_) return;
    log_info("Core {} keeps up again; {} requests were refused", index_, refused - refused_before_);
}

void load_shedder::end() {
    is_shedding_ = was_late_ = false;
    counts_.is_shedding.store(0, std::memory_order_relaxed);
    late_since_.reset();
    net::hurry(core_, false);
}

}  // namespace ferry::server
