#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "net/token.hpp"
#include "provider/generic.hpp"

namespace ferry::provider {
namespace {

// The public cloud and those of the governments of the USA and of China.
constexpr auto azure = std::to_array<std::string_view>({
    ".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com", ".openai.azure.us",
    ".cognitiveservices.azure.us", ".services.ai.azure.us", ".openai.azure.cn", ".cognitiveservices.azure.cn",
    ".api.cognitive.microsoft.com",
});

bool is_azure(std::string_view host) {
    while (host.ends_with('.')) host.remove_suffix(1);
    return std::any_of(azure.begin(), azure.end(), [host](std::string_view suffix) { return host.ends_with(suffix); });
}

}  // namespace

result<std::optional<auth_header>> generic_auth(std::string_view scheme, std::string_view host, std::string_view key) {
    scheme = trimmed(scheme, is_white_space);
    key = trimmed(key, is_white_space);
    const auto colon = scheme.find(':');
    if (colon != std::string_view::npos && net::is_token(scheme.substr(0, colon))) {
        const auto value = trimmed(scheme.substr(colon + 1), is_white_space);
        return auth_header{lower_case(scheme.substr(0, colon)), std::string(value)};
    }
    auto name = lower_case(scheme);
    if (name.empty()) name = is_azure(lower_case(host)) ? "api-key" : "bearer";
    const bool is_known = name == "bearer" || name == "api-key" || name == "x-api-key" || name == "none";
    if (!is_known) {
        return fault::self(fault_code::invalid_parameter,
                           "auth_scheme '" + std::string(scheme) +
                               "' is not known. Use bearer, api-key, x-api-key, none, or a header as 'Name: value'.");
    }
    if (name == "none" || key.empty()) return std::optional<auth_header>();
    if (name != "bearer") return auth_header{name, std::string(key)};
    const bool has_scheme = lower_case(key.substr(0, 7)) == "bearer ";
    return auth_header{"authorization", has_scheme ? std::string(key) : "Bearer " + std::string(key)};
}

}  // namespace ferry::provider
