// The life of one chat-completions request.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Serves the request whose head x.client has read, to the last byte of its answer. Exactly one usage row comes of it
// if it resolves to a model. Afterwards x.keep_alive says whether the connection may serve another request.
// Lives on x.core; ended early through x.waiting. REQUIRES: `x` outlives the call.
boost::asio::awaitable<void> handle(request& x);

}  // namespace ferry::relay
