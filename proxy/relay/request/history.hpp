// The stored conversation that a request belongs to.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// The request names a conversation, in its body or in x-ferry-conversation-id, and conversations are kept for its key.
bool names_conversation(const request& x);

// Finds out what is put before the messages of the request, and what of them is new. Waits for the store, at most
// 500 ms, unless the conversation is in memory. Faults: invalid_id, invalid_request, conversation_busy,
// conversation_unavailable, and those of an exchange that ends.
boost::asio::awaitable<std::optional<fault>> join_conversation(request& x);

}  // namespace ferry::relay
