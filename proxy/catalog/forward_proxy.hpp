// An HTTP proxy through which a provider is reached, as an operator writes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "base/secret.hpp"

namespace ferry::catalog {

// Immutable once parsed.
struct forward_proxy {
    std::string host;  // lower case; an IPv6 address without brackets
    std::uint16_t port = 0;
    std::string name;      // host and port, without credentials: for the log and for figures
    secret authorization;  // the value of Proxy-Authorization (RFC 7617); empty if the proxy wants none

    bool operator==(const forward_proxy&) const = default;
};

// The word that stands for no proxy where a URL of one may stand.
inline constexpr std::string_view no_proxy = "direct";

// "http://user:password@proxy.example:3128"; user and password percent-encoded, or absent. The scheme may be absent.
// Faults say what is wrong and do not repeat the text, which may hold a password: other schemes, no host, no port, a
// path.
result<forward_proxy> parse_forward_proxy(std::string_view url);

}  // namespace ferry::catalog
