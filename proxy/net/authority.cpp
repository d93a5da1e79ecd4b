#include "net/authority.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <string>

#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "net/token.hpp"

namespace ferry::net {

namespace {

constexpr std::size_t longest = 512;

bool is_name(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '%') {
            if (i + 2 >= text.size() || !is_hex_digit(text[i + 1]) || !is_hex_digit(text[i + 2])) return false;
            continue;
        }
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!plain && std::string_view("-._~").find(c) == std::string_view::npos) return false;
    }
    return !text.empty();
}

bool is_ipv6(std::string_view text) {
    if (text.size() > 45) return false;
    in6_addr address;
    return ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

bool is_port(std::string_view text) {
    if (text.empty() || text.front() == '0') return false;
    return parse_number<std::uint16_t>(text).has_value();
}

// Of a target in absolute form: where its authority begins; 0 for another target.
std::size_t authority_begin(std::string_view target) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (same_token(target.substr(0, scheme.size()), scheme)) return scheme.size();
    }
    return 0;
}

std::size_t authority_end(std::string_view target, std::size_t begin) {
    return std::min(target.find_first_of("/?#", begin), target.size());
}

}  // namespace

bool is_authority(std::string_view text) {
    if (text.size() > longest) return false;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos || !is_ipv6(text.substr(1, end - 1))) return false;
        const auto rest = text.substr(end + 1);
        return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
    }
    const auto colon = text.find(':');
    return is_name(text.substr(0, colon)) && (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

bool is_absolute_target(std::string_view target) {
    const auto begin = authority_begin(target);
    if (begin == 0) return false;
    return is_authority(target.substr(begin, authority_end(target, begin) - begin));
}

std::string_view without_authority(std::string_view target) {
    const auto begin = authority_begin(target);
    if (begin == 0) return target;
    const auto end = authority_end(target, begin);
    // No path is the path `/`, whatever the query holds.
    return end < target.size() && target[end] == '/' ? target.substr(end) : std::string_view("/");
}

}  // namespace ferry::net
