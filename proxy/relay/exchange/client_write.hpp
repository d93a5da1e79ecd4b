// Writing to the client of an exchange: what went out is counted, and who takes nothing is gone.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>

#include "relay/exchange/http_exchange.hpp"

namespace ferry::relay {

enum class write_step { done, blocked, failed };

// What the kernel takes at once, which is nearly always all of it; the pieces are consumed in place.
write_step write_now(http_exchange& x, std::span<iovec>& pieces);

// The rest, as the client takes it; false when nobody is there to read.
boost::asio::awaitable<bool> write_rest(http_exchange& x, std::span<iovec> pieces);

// Sends `100 Continue`.
boost::asio::awaitable<bool> send_continue(http_exchange& x);

}  // namespace ferry::relay
