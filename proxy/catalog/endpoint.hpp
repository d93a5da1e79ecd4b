// Where a model row's requests go: its URL, taken apart and checked once, when the catalog is built.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "catalog/forward_proxy.hpp"

namespace ferry::catalog {

// Immutable once parsed. Every string is safe to write into a request head: no CR, LF, control bytes or spaces.
struct endpoint {
    bool is_tls = false;
    std::string host;         // lower case; an IPv6 address without brackets
    std::uint16_t port = 0;   // explicit, or 80 / 443
    std::string target;       // path and query of the chat completions URL, as written; at least "/"
    std::string base;         // the path before that of chat completions: other operations are asked for below it
    std::string query;        // "?...", or "" if there is none: it stays at the end
    std::string host_header;  // host, in brackets if IPv6, and the port unless it is the scheme's own
    std::string sni;          // the name to send and to verify, without a last dot; "" for an IP address (RFC 6066)
    std::string authority;    // host, in brackets if IPv6, and port: what a proxy is asked for
    std::string label;        // scheme, host, port, and proxy if the row has its own: for operators
    std::string pool_key;     // connections may be shared where this and TLS settings are equal; may hold a password
    std::shared_ptr<const forward_proxy> proxy;  // the row's own; null: as the configuration says
    bool is_direct = false;                      // the row's own word: no proxy, whatever the configuration says
};

// Parses an absolute http or https URL. Refused, with a reason that does not repeat the URL: another scheme, userinfo
// (it would be a password in the table's clear text), no host, a port outside 1..65535, a fragment, control bytes,
// spaces, bytes outside ASCII, more than 4096 bytes.
result<endpoint> parse_endpoint(std::string_view url);

// The row's own word on how its endpoint is reached: through `proxy`, or directly if that is null.
void reach_through(endpoint& made, std::shared_ptr<const forward_proxy> proxy);

}  // namespace ferry::catalog
