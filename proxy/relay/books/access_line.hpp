// The line of the access log.
#pragma once

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// One line of the access log; after the answer. Counts the request, too.
void log_access(request& x);
void log_access(http_exchange& x);

}  // namespace ferry::relay
