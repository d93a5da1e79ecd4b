// What would become of a request, without asking anybody.
#pragma once

#include <string>

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// The client's header x-ferry-dry-run says so.
bool is_dry_run(const request& x);

// The candidates in the order in which they would be asked, each with why it stands there, what it is expected to cost
// and how fast it was of late, as JSON. Says nothing of endpoints or keys. REQUIRES: x.route is there.
std::string tell_dry_run(const request& x);

}  // namespace ferry::relay
