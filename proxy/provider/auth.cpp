#include <array>

#include "provider/generic.hpp"
#include "provider/words.hpp"

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

// RFC 9110, section 5.6.2.
bool is_token(std::string_view name) {
    static constexpr std::string_view allowed =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~";
    return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

}  // namespace

result<std::optional<auth_header>> generic_auth(std::string_view scheme, std::string_view host, std::string_view key) {
    scheme = trim(scheme);
    key = trim(key);
    if (const auto colon = scheme.find(':'); colon != std::string_view::npos && is_token(scheme.substr(0, colon))) {
        return auth_header{lower(scheme.substr(0, colon)), std::string(trim(scheme.substr(colon + 1)))};
    }
    auto name = lower(scheme);
    if (name.empty()) name = is_azure(lower(host)) ? "api-key" : "bearer";
    const bool is_known = name == "bearer" || name == "api-key" || name == "x-api-key" || name == "none";
    if (!is_known) {
        return fault::self(fault_code::invalid_parameter,
                           "auth_scheme '" + std::string(scheme) +
                               "' is not known. Use bearer, api-key, x-api-key, none, or a header as 'Name: value'.");
    }
    if (name == "none" || key.empty()) return std::optional<auth_header>();
    if (name != "bearer") return auth_header{name, std::string(key)};
    const bool has_scheme = lower(key.substr(0, 7)) == "bearer ";
    return auth_header{"authorization", has_scheme ? std::string(key) : "Bearer " + std::string(key)};
}

}  // namespace ferry::provider
