// The line of the access log.
#pragma once

#include "relay/exchange/exchange.hpp"

namespace ferry::relay {

// One line of the access log; after the answer. Counts the request, too.
void log_access(exchange& x);

}  // namespace ferry::relay
