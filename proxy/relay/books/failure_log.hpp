// What operators hear of a failure besides what the client hears.
#pragma once

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Writes fault.for_operator, if there is any, with the id of the request and the row that was asked (x.answered_by). A
// provider that fails for everybody is told so many times a second, and how many lines were left out.
void tell_operator(const request& x, const fault& why);

}  // namespace ferry::relay
