// What a request itself says of the units it will be billed by.
#pragma once

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Fills x.asked_... where the operation's unit rule wants it. REQUIRES: the body was read and lies there.
void measure(request& x);

}  // namespace ferry::relay
