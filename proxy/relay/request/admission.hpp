// Who asks, and whether the request may come in: decided from the head alone, before the body is read.
#pragma once

#include <optional>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// The client's own request id, whatever becomes of the request.
void note_client_id(http_exchange& x);

// Finds the principal (x.who). Where auth.required is false, a good key tells who asks
// and any other is as good as none. Faults: invalid_api_key; why, for the log, in x.refused_key.
std::optional<fault> authenticate(http_exchange& x);

// Content type, coding and declared size of a JSON body. Faults: unsupported_media_type, request_too_large.
std::optional<fault> check_declared_body(const request& x);

}  // namespace ferry::relay
