// Closing the books of one request: exactly one record, before the last byte of the answer is released.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/exchange.hpp"

namespace ferry::relay {

// Opens the books: from here on the request has exactly one usage row. Fault: journal_full.
std::optional<fault> open_books(exchange& x);

// Writes x.end, the tries and the cost. Does nothing when the books are closed or were never opened.
// True: usage.durability is "power", and the last byte must wait for until_durable().
[[nodiscard]] bool settle(exchange& x);

// Fills x.end for an answer that failed, as the journal and the access log tell it.
void note_failure(exchange& x, const fault& why);

// Counts a request that was refused before it resolved to a model.
void count_refusal(exchange& x, const fault& why);

}  // namespace ferry::relay
