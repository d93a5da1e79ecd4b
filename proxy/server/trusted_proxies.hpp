// Whose word is taken for the address of a client that speaks through others.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "net/http_head.hpp"
#include "net/network_list.hpp"

namespace ferry::server {

// Owned by a core; lives on it. Without networks nobody is believed.
class trusted_proxies {
public:
    // Networks (CIDR), addresses, and "unix" for everybody who comes by a Unix socket. REQUIRES: they were checked.
    explicit trusted_proxies(const std::vector<std::string>& networks);

    // The client's address where `peer` is trusted: the rightmost in X-Forwarded-For, or else in Forwarded (RFC 7239),
    // that is not itself trusted. "" where the peer's own address stands: it is not trusted or says nothing usable.
    std::string client_of(std::string_view peer, const net::http_head& request) const;

    // Whether `peer`, as byte_stream::peer_address tells it, is one of them.
    bool trusts_peer(std::string_view peer) const;

private:
    bool trusts(const std::string& address) const;

    net::network_list networks_;
    bool unix_ = false;
    bool any_ = false;
};

}  // namespace ferry::server
