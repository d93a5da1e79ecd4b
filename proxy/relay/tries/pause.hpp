#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/clock.hpp"
#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Waits between two tries. A fault: the client has gone or the process stops, at once. Lives on the exchange's core.
boost::asio::awaitable<std::optional<fault>> pause(request& x, milliseconds length);

}  // namespace ferry::relay
