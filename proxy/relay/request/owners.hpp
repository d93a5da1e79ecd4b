// Who keeps what the ids in a request stand for.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Whether the request names ids that only the account which issued them knows: in its path, or in members of its body.
bool names_ids(const request& x);

// Finds their owner (x.owner), in memory or in the store; an id nobody knows here leaves none. REQUIRES: the body was
// read. Ended early through x.waiting. Faults: id_not_found for what was issued to another caller; invalid_request for
// ids of different accounts; model_unavailable where the store is away.
boost::asio::awaitable<std::optional<fault>> find_owners(request& x);

}  // namespace ferry::relay
