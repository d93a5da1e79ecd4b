#include "server/cors.hpp"

#include <algorithm>

namespace ferry::server {

namespace {

constexpr std::string_view exposed =
    "access-control-expose-headers: x-request-id, x-ferry-request-id, x-ferry-conversation-id, x-ferry-history, "
    "x-ferry-upstream-request-id, x-ferry-model-id, "
    "x-ferry-provider, x-ferry-attempts, x-ferry-fallback, x-ferry-adjusted, x-ferry-config-version, "
    "x-ferry-overhead-us, retry-after, retry-after-ms, x-should-retry\r\n";
// Longer than any browser keeps it.
constexpr std::string_view most_age = "access-control-max-age: 86400\r\n";
constexpr std::string_view usual_headers = "authorization, content-type, x-api-key, x-request-id";

// Names of headers and nothing else goes back as it came.
bool is_list_of_names(std::string_view text) {
    return !text.empty() && text.size() <= 2048 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == ',' || c == ' ';
    });
}

}  // namespace

cors_policy::cors_policy(std::vector<std::string> origins)
    : origins_(std::move(origins)), any_(std::find(origins_.begin(), origins_.end(), "*") != origins_.end()) {}

bool cors_policy::allows(std::string_view origin) const {
    return any_ || std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

std::string cors_policy::answer_headers(const net::http_head& request) const {
    if (!is_on()) return {};
    if (any_) return "access-control-allow-origin: *\r\n" + std::string(exposed);
    const auto origin = request.find("origin");
    std::string lines = "vary: Origin\r\n";
    if (!origin || !allows(*origin)) return lines;
    lines.append("access-control-allow-origin: ").append(*origin).append("\r\n").append(exposed);
    return lines;
}

std::string cors_policy::preflight_headers(const net::http_head& request, std::string_view methods) const {
    std::string lines = "allow: " + std::string(methods) + ", OPTIONS\r\n";
    const auto origin = request.find("origin");
    if (!origin || !allows(*origin)) return lines;
    const auto asked = request.find("access-control-request-headers");
    lines.append("access-control-allow-methods: ").append(methods);
    lines.append("\r\naccess-control-allow-headers: ");
    lines.append(asked && is_list_of_names(*asked) ? *asked : usual_headers).append("\r\n").append(most_age);
    return lines;
}

}  // namespace ferry::server
