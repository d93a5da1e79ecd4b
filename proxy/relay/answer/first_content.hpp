#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "relay/tries/attempt.hpp"

namespace ferry::relay {

// Reads until the first content of an answer is there, and leaves all of it where it is. A fault: the answer is an
// error, or has ended before. REQUIRES: its head is there.
boost::asio::awaitable<std::optional<fault>> await_first_content(request& x, attempt& from);

}  // namespace ferry::relay
