// Closing the books of one request: exactly one record, before the last byte of the answer is released.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Opens the books: from here on the request has exactly one usage row. Faults: journal_full, journal_failed; and
// overloaded where the journal's next segment is late (await_books()).
std::optional<fault> open_books(request& x);

// Writes x.end, the tries and the cost. Does nothing when the books are closed or were never opened.
// True: usage.durability is "power", and the last byte must wait for until_durable().
[[nodiscard]] bool settle(request& x);

// Fills x.bill with what x.said says was used. Counts that a request to this model cannot have used are left out.
void note_usage(request& x, usage::basis basis);

// Fills x.bill with how the answer ended in the provider's own word: a finish reason, or the state of what it is about.
void note_finish(request& x);

// Fills x.end for an answer that failed, as the journal and the access log tell it.
void note_failure(http_exchange& x, const fault& why);

// Counts a request that was refused before it resolved to a model.
void count_refusal(http_exchange& x, const fault& why);

}  // namespace ferry::relay
