#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/exchange.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// An event stream for a client that waits for one document: read to its end, put together, settled, sent. At most
// 16 MiB. A fault means that nothing was sent to the client.
boost::asio::awaitable<std::optional<fault>> relay_aggregate(exchange& x, attempt& from);

}  // namespace ferry::relay
