// Which addresses no provider may resolve to. Checked on the resolved address at connect, so that a name that changes
// its mind (DNS rebinding) cannot pass. Pure.
#pragma once

#include "net/network_list.hpp"

namespace ferry::upstream {

class denied_networks {
public:
    // Throws std::invalid_argument naming the entry that is no network.
    explicit denied_networks(const std::vector<std::string>& cidrs) : listed_(cidrs) {}

    // Judges an address by what a connection to it reaches. 0.0.0.0 and :: reach this machine. An IPv6 address that
    // wraps an IPv4 address (mapped, compatible, translated, NAT64, 6to4, Teredo, ISATAP) reaches that one too.
    // A NAT64 prefix of a network's own cannot be told from other addresses: deny it by name.
    bool contains(const boost::asio::ip::address& address) const;

private:
    net::network_list listed_;
};

}  // namespace ferry::upstream
