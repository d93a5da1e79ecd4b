// Reads the body of a chat request and what Ferry needs to know of it, as it arrives.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Fills x.body and x.asked. Sends `100 Continue` first where the client waits for it. A body that was not read to
// its end leaves x.keep_alive false, so that its rest is never taken for a request.
// Faults: those of chat_scanner; bad_framing, request_too_large, request_timeout, overloaded; client_gone.
boost::asio::awaitable<std::optional<fault>> read_request(request& x);

}  // namespace ferry::relay
