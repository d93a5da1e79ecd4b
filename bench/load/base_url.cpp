#include "load/base_url.hpp"

#include <charconv>
#include <stdexcept>

namespace ferry::bench {
namespace {

[[noreturn]] void refuse(const std::string& text, const std::string& why) {
    throw std::invalid_argument("--base-url " + text + ": " + why +
                                "; give what an OpenAI client would be given, as in http://127.0.0.1:8000/v1");
}

}  // namespace

std::string base_url::authority() const {
    const bool is_usual = port == (is_tls ? 443 : 80);
    const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
    return is_usual ? shown : shown + ":" + std::to_string(port);
}

base_url parsed_base_url(const std::string& text) {
    base_url url;
    const auto scheme = text.find("://");
    if (scheme == std::string::npos) refuse(text, "it begins with neither http:// nor https://");
    const auto name = text.substr(0, scheme);
    if (name != "http" && name != "https") refuse(text, "only http and https are spoken, not " + name);
    url.is_tls = name == "https";
    url.port = url.is_tls ? 443 : 80;
    auto rest = text.substr(scheme + 3);
    if (rest.find_first_of("?# \t@") != std::string::npos) refuse(text, "it has a query, a user or a blank in it");
    const auto slash = rest.find('/');
    if (slash != std::string::npos) url.path = rest.substr(slash);
    while (!url.path.empty() && url.path.back() == '/') url.path.pop_back();
    rest = rest.substr(0, slash);
    const auto bracket = rest.find(']');
    const auto colon = rest.find(':', bracket == std::string::npos ? 0 : bracket);
    url.host = rest.substr(0, colon);
    if (colon != std::string::npos) {
        const auto* end = rest.data() + rest.size();
        const auto parsed = std::from_chars(rest.data() + colon + 1, end, url.port);
        if (parsed.ec != std::errc() || parsed.ptr != end || url.port == 0) refuse(text, "its port is no number");
    }
    if (url.host.size() > 1 && url.host.front() == '[') url.host = url.host.substr(1, url.host.size() - 2);
    if (url.host.empty()) refuse(text, "it names no host");
    constexpr auto completions = "/chat/completions";
    if (url.path.ends_with(completions)) refuse(text, "leave away " + std::string(completions));
    return url;
}

}  // namespace ferry::bench
