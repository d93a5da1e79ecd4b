// What a request body may take, and how that is refused.
#pragma once

#include <cstddef>

#include "base/fault.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// limits.json_body_bytes, or limits.multipart_body_bytes for a form.
std::size_t most_body_bytes(const request& x);

// Of a body that has more than `most` bytes.
fault body_too_large(std::size_t most);

// All bodies in flight have used up limits.body_memory.
fault no_memory_for_body();

}  // namespace ferry::relay
