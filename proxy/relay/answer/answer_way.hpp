// How an answer reaches the client.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

enum class answer_way { unknown, document, events, download };

// By what the operation answers, and by the label. The head of a stream need not wait for its first event.
answer_way way_by_head(const request& x, const net::http_head& head);

// By what has come so far. Where label and content differ, the content is right; where it tells nothing, the label is
// believed.
result<answer_way> way_by_content(attempt& from);

// The same, and waits for what tells it.
boost::asio::awaitable<result<answer_way>> read_until_known(attempt& from);

}  // namespace ferry::relay
