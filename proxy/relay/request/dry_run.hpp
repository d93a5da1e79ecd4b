// What would become of a request, without asking anybody.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// The client's header x-ferry-dry-run says so.
bool is_dry_run(const request& x);

// As JSON: which limit or budget would refuse it and where they stand; the candidates in the order in which they would
// be asked, each with why it stands there, its prices, what it is expected to bill and how fast it was of late. Says
// nothing of endpoints or keys. REQUIRES: x.route is there.
boost::asio::awaitable<std::string> tell_dry_run(request& x);

}  // namespace ferry::relay
