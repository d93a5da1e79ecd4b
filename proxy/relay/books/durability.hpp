// Waiting for the journal: for its next segment before a request is let in, and, with usage.durability = "power", for
// the disk before its last byte goes out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Whether the fault that open_books() gave just now says only that the next segment is late.
bool books_are_late(const request& x);

// Opens the books when the next segment is there; at most 2 s later. Ended early through x.waiting.
boost::asio::awaitable<std::optional<fault>> await_books(request& x);

// Waits until all that was settled so far is on the disk or in the store, at most 10 s. Fault: it is not, or the wait
// was ended through x.waiting; then an answer must not be completed.
boost::asio::awaitable<std::optional<fault>> until_durable(request& x);

}  // namespace ferry::relay
