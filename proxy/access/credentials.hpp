// Finds the client's key in a request head. Pure.
#pragma once

#include <cstdint>
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

// Why a key opens nothing. For operators alone: clients hear one text for all of them.
enum class key_refusal : std::uint8_t {
    none,
    missing,
    contradictory,  // two keys that differ
    malformed,      // not of the form of Ferry's keys, and no imported key
    unknown,
    wrong_secret,  // its public part is known, the rest is not that key's
    revoked,
    expired,
    rotated,  // another key has taken its place, and its grace is over
};
std::string_view to_text(key_refusal why);

// The key the client presents, a view into the headers; "" if it presents none. The scheme of Authorization is Bearer
// in any case (RFC 9110 section 11.1), and what stands behind another scheme is no key; blanks around scheme and key
// are ignored. Fault: contradictory_keys().
result<std::string_view> presented_key(const credential_headers& headers);

// 401 invalid_api_key, whether or not a key is required: nobody can tell who asks.
fault contradictory_keys();

// The one answer to a key that is missing, unknown, disabled or expired: it tells them not apart.
fault invalid_api_key();

}  // namespace ferry::access
