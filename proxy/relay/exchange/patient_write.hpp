// Writing to a peer that may be slow, but not for ever.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <span>

#include "net/byte_stream.hpp"
#include "net/interrupt_slot.hpp"
#include "net/timer_wheel.hpp"

namespace ferry::relay {

struct write_outcome {
    net::io_result io;
    bool stalled = false;  // the peer took nothing for the whole of `patience`
};

// What goes out at once costs no more than the system call; after that each wait for the peer is bounded by
// `patience`. The pieces are consumed in place: what is left of them was not written. Ended early through `slot`, or by
// an interrupt of `to`.
boost::asio::awaitable<write_outcome> write_patiently(net::timer_wheel& wheel, net::interrupt_slot& slot,
                                                      net::byte_stream& to, std::span<iovec>& pieces,
                                                      std::chrono::milliseconds patience);

}  // namespace ferry::relay
