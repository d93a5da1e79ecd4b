// usage.durability = "power": the last byte waits for the disk.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Returns when all that was settled so far is on the disk, or the wait was ended through x.waiting.
boost::asio::awaitable<void> until_durable(request& x);

}  // namespace ferry::relay
