// Finds the client's key in a request head. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::access {

// The values of the headers that may carry a key, as they came; absent where the request has no such header.
// Two headers of one name are the caller's to refuse.
struct credential_headers {
    std::optional<std::string_view> authorization;
    std::optional<std::string_view> api_key;    // api-key
    std::optional<std::string_view> x_api_key;  // x-api-key
};

// The key the client presents, a view into the headers. The scheme of Authorization is Bearer in any case (RFC 9110
// section 11.1); blanks around scheme and key are ignored.
// Faults (all 401 invalid_api_key): no key at all, another scheme, two keys that differ.
result<std::string_view> presented_key(const credential_headers& headers);

// The one answer to a key that is missing, unknown, disabled or expired: it tells them not apart.
fault invalid_api_key();

}  // namespace ferry::access
