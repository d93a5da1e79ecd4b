// Conversations as their owners list, read, name and delete them.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "relay/exchange/request.hpp"

namespace ferry::server {

// Everything below /v1/conversations. What is not the caller's is as what is not there.
boost::asio::awaitable<void> answer_conversations(relay::request& x);

}  // namespace ferry::server
