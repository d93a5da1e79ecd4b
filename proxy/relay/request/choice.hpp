// Which rows may answer a request, in which order, and whether its key may ask for them.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// What the request says of the model it wants, and what it is expected to use. Views into `x`.
catalog::request_choice choice_of(const request& x);
// The same of a body alone, so long and asked for by nobody in particular.
catalog::request_choice choice_of(const openai::chat_request& asked, std::size_t body_bytes);

// Fills x.route: by the model or the id of a row that the request names, by who issued the ids in it, or by the account
// that requests of its kind go to. REQUIRES: the body was read.
// Faults: those of catalog/routing and catalog/account_choice; model_not_allowed; model_unavailable.
std::optional<fault> choose_candidates(request& x);

}  // namespace ferry::relay
