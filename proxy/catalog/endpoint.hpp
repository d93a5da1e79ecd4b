// Where a model row's requests go: its URL, taken apart and checked once, when the catalog is built.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::catalog {

// Immutable once parsed. Every string is safe to write into a request head: no CR, LF, control bytes or spaces.
struct endpoint {
    bool is_tls = false;
    std::string host;         // lower case; an IPv6 address without brackets
    std::uint16_t port = 0;   // explicit, or 80 / 443
    std::string target;       // path and query of the chat completions URL, as written; at least "/"
    std::string host_header;  // host, in brackets if IPv6, and the port unless it is the scheme's own
    std::string sni;          // the name to send and to verify, without a last dot; "" for an IP address (RFC 6066)
    std::string pool_key;     // scheme, host, port: connections may be shared where this and TLS settings are equal
};

// Parses an absolute http or https URL. Refused, with a reason that does not repeat the URL: another scheme, userinfo
// (it would be a password in the table's clear text), no host, a port outside 1..65535, a fragment, control bytes,
// spaces, bytes outside ASCII, more than 4096 bytes.
result<endpoint> parse_endpoint(std::string_view url);

}  // namespace ferry::catalog
