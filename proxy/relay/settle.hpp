// Closing the books of one request: exactly one record, before the last byte of the answer is released.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange.hpp"

namespace ferry::relay {

// Opens the books: from here on the request has exactly one usage row. Fault: journal_full.
std::optional<fault> open_books(exchange& x);

// Writes x.end, the tries and the cost. With usage.durability = "power" it waits until that is on the disk.
// Does nothing when the books are closed or were never opened.
boost::asio::awaitable<void> settle(exchange& x);

// Fills x.end for an answer that failed, as the journal and the access log tell it.
void note_failure(exchange& x, const fault& why);

// Counts a request that was refused before it resolved to a model.
void count_refusal(exchange& x, const fault& why);

// One line of the access log; after the answer.
void log_access(exchange& x);

}  // namespace ferry::relay
