// How long what is ready on a core waits for its turn, and what comes first where that is long.
#pragma once

#include <boost/asio/io_context.hpp>

#include "base/clock.hpp"

namespace ferry::net {

// Told on its core, between two turns of the loop.
class turn_listener {
public:
    virtual ~turn_listener() = default;
    // A source waited so long from when it was known to be ready until it ran. Told only where many are ready at once;
    // once with 0 when they are few again, but not while the loop is hurried.
    virtual void waited(steady::duration length, steady::time_point now) = 0;
};

// REQUIRES: `who` outlives the last turn.
void listen_to_turns(boost::asio::io_context& core, turn_listener& who);

// Hurried: sources that go first (see ready_source) run before all others, which take their turns a few at a time. So
// who has just come is heard in some milliseconds, however much there is to do.
void hurry(boost::asio::io_context& core, bool is_hurried);

}  // namespace ferry::net
