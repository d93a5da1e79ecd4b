// What a request leaves in its conversation.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Its new messages and the answer, as far as that came, go to the memory and, before the end of the books, to the
// journal: a client that has the whole answer finds it in its conversation. Waits only where the journal has no room.
// Does nothing where there is no answer. REQUIRES: books are open, and the request belongs to a conversation.
boost::asio::awaitable<void> keep_turn(request& x);

}  // namespace ferry::relay
