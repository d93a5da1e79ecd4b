// Relays an event stream, event by event, from the memory it was read into.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/exchange.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Read, look, write the same memory; awaiting the write is the back-pressure. What each event becomes is decided by
// stream_gate. The head goes out with the first event. Settles before the last byte is released.
// A fault means that nothing was sent to the client yet; a failure after that is an error event without [DONE].
boost::asio::awaitable<std::optional<fault>> relay_stream(exchange& x, attempt& from);

}  // namespace ferry::relay
