// Refuses new requests while a core has more to do than it can.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <optional>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "net/loop_turns.hpp"
#include "relay/books/counters.hpp"

namespace ferry::server {

// Overload is that what is ready keeps waiting for its turn for longer than server.max_loop_lag; a burst of requests is
// none. From then on as many requests are served at once as keep the wait there: fewer while it is longer, more while
// it is not. So the core is never idle and never late by more. It ends when nobody was refused for a second. Owned by a
// core; lives on it. While nothing is wrong it costs a request one look at a flag.
class load_shedder final : public net::turn_listener {
public:
    load_shedder(boost::asio::io_context& core, unsigned index, relay::counters& counts);

    void limit(milliseconds most);  // 0: nothing is refused
    bool is_shedding() const { return is_shedding_; }
    // Why a request that has just come is refused; nothing if it is served. REQUIRES: is_shedding(), and that the
    // request is counted in open_exchanges.
    std::optional<fault> refusal();
    // Now and then.
    void tick(steady::time_point now);

    void waited(steady::duration length, steady::time_point now) override;

private:
    void begin(steady::duration length, steady::time_point now);
    void end();
    void adjust(bool is_late, steady::time_point now);

    boost::asio::io_context& core_;
    const unsigned index_;
    relay::counters& counts_;
    milliseconds most_{0};
    bool is_shedding_ = false;
    bool was_late_ = false;
    std::optional<steady::time_point> late_since_;
    int late_turns_ = 0;
    steady::time_point adjusted_{}, told_{};
    std::int64_t room_ = 0;  // requests at once
    std::uint64_t refused_before_ = 0, refused_seen_ = 0;
    int calm_ticks_ = 0;
};

}  // namespace ferry::server
