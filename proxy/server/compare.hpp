// POST /compare: one prompt to several models at once.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "relay/exchange/request.hpp"
#include "server/inner_caller.hpp"

namespace ferry::server {

// Asks each of `models` as a chat of its own, and gives what comes as events that say whose they are, or all of it in
// one document. One failing model stops nobody.
boost::asio::awaitable<void> answer_compare(relay::request& x, const inner_server& serve);

}  // namespace ferry::server
