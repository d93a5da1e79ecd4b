// Which rows may answer a request, in which order, and whether its key may ask for them.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Fills x.route: by the model or the id of a row that the request names, by who issued the ids in it, or by the account
// that requests of its kind go to. REQUIRES: the body was read.
// Faults: those of catalog/routing and catalog/account_choice; model_not_allowed; model_unavailable.
std::optional<fault> choose_candidates(request& x);

}  // namespace ferry::relay
