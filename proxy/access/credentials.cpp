#include "access/credentials.hpp"

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "net/token.hpp"

namespace ferry::access {
namespace {

// The token of `Bearer <token>`; "" for another scheme and for a scheme alone.
std::string_view bearer_token(std::string_view authorization) {
    authorization = trimmed(authorization);
    const auto blank = std::find_if(authorization.begin(), authorization.end(), is_blank);
    const auto length = static_cast<std::size_t>(blank - authorization.begin());
    if (!net::same_token(authorization.substr(0, length), "bearer")) return {};
    return trimmed(authorization.substr(length));
}

}  // namespace

result<std::string_view> presented_key(const credential_headers& headers) {
    const std::string_view given[] = {
        headers.authorization ? bearer_token(*headers.authorization) : std::string_view(),
        headers.api_key ? trimmed(*headers.api_key) : std::string_view(),
        headers.x_api_key ? trimmed(*headers.x_api_key) : std::string_view(),
    };
    std::string_view key;
    for (const std::string_view one : given) {
        if (one.empty()) continue;
        if (!key.empty() && one != key) return contradictory_keys();
        key = one;
    }
    return key;
}

fault contradictory_keys() {
    return fault::client(fault_code::invalid_api_key,
                         "The headers Authorization, api-key and x-api-key carry different keys: send one.");
}

std::string_view to_text(key_refusal why) {
    switch (why) {
        case key_refusal::none:
            break;
        case key_refusal::missing:
            return "missing";
        case key_refusal::contradictory:
            return "contradictory";
        case key_refusal::malformed:
            return "malformed";
        case key_refusal::unknown:
            return "unknown";
        case key_refusal::wrong_secret:
            return "wrong_secret";
        case key_refusal::revoked:
            return "revoked";
        case key_refusal::expired:
            return "expired";
        case key_refusal::rotated:
            return "rotated";
    }
    return {};
}

fault invalid_api_key() {
    return fault::client(fault_code::invalid_api_key,
                         "The API key is missing or not valid. Send it as 'Authorization: Bearer <key>'. Keys have the "
                         "form 'fk-' + 10 characters + '-' + 43 characters, unless yours came along from elsewhere.");
}

}  // namespace ferry::access
