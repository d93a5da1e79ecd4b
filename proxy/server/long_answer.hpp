// Answers that Ferry makes itself and that may be long.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <span>
#include <string_view>

#include "relay/exchange/http_exchange.hpp"

namespace ferry::server {

// What of such an answer is written at once: the streams of the core wait meanwhile.
inline constexpr std::size_t most_at_once = 64 * 1024;

// Sends a whole body, in the order of its pieces; after every 64 KiB everybody else on this core has a turn.
// REQUIRES: no piece is longer than that by much; they outlive the call.
boost::asio::awaitable<void> send_long(relay::http_exchange& x, int status, std::string_view content_type,
                                       std::span<const std::string_view> pieces);

}  // namespace ferry::server
