// What Ferry says of a relayed request in the head of its answer.
#pragma once

#include "base/text_buffer.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// Header lines: the route, the tries, Ferry's own time, the upstream's limits.
void add_relay_headers(const request& x, text_buffer& head);

}  // namespace ferry::relay
