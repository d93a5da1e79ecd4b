// Host and port as Host, a target in absolute form and CONNECT name them (RFC 9110 section 7.2, RFC 3986 section 3.2).
#pragma once

#include <string_view>

namespace ferry::net {

// A name, an IPv4 address or an IPv6 address in brackets, and a port from 1 to 65535 if there is a colon. No user, no
// blank: each of these two parties read differently.
bool is_authority(std::string_view text);

// `http://` or `https://`, an authority, and then a path, a query or nothing.
bool is_absolute_target(std::string_view target);

// The path and query of a target in absolute form; any other target as it is.
std::string_view without_authority(std::string_view target);

}  // namespace ferry::net
