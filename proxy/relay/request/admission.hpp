// Who asks, and whether the request may come in: decided from the head alone, before the body is read.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/exchange.hpp"

namespace ferry::relay {

// Finds the principal (x.who) and the client's own request id. Faults: invalid_api_key.
std::optional<fault> authenticate(exchange& x);

// Content type, coding and declared size of a JSON body. Faults: unsupported_media_type, request_too_large.
std::optional<fault> check_declared_body(const exchange& x);

}  // namespace ferry::relay
