#include "access/credentials.hpp"

#include <algorithm>
#include <string>

namespace ferry::access {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_bearer(std::string_view scheme) {
    constexpr std::string_view name = "bearer";
    return std::equal(scheme.begin(), scheme.end(), name.begin(), name.end(),
                      [](char given, char wanted) { return given == wanted || given == wanted - 'a' + 'A'; });
}

// The token of `Bearer <token>`; "" for another scheme and for a scheme alone.
std::string_view bearer_token(std::string_view authorization) {
    authorization = trim(authorization);
    const auto blank = std::find_if(authorization.begin(), authorization.end(), is_blank);
    const auto length = static_cast<std::size_t>(blank - authorization.begin());
    if (!is_bearer(authorization.substr(0, length))) return {};
    return trim(authorization.substr(length));
}

}  // namespace

result<std::string_view> presented_key(const credential_headers& headers) {
    const std::string_view given[] = {
        headers.authorization ? bearer_token(*headers.authorization) : std::string_view(),
        headers.api_key ? trim(*headers.api_key) : std::string_view(),
        headers.x_api_key ? trim(*headers.x_api_key) : std::string_view(),
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
