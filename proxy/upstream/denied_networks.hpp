// Which addresses no provider may resolve to. Checked on the resolved address at connect, so that a name that changes
// its mind (DNS rebinding) cannot pass. Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

namespace ferry::upstream {

class denied_networks {
public:
    // Throws std::invalid_argument naming the entry that is not ADDRESS/BITS.
    explicit denied_networks(const std::vector<std::string>& cidrs);
    // IPv4-mapped IPv6 addresses are judged as the IPv4 address they mean.
    bool contains(const boost::asio::ip::address& address) const;

private:
    struct network {
        boost::asio::ip::address_v6::bytes_type prefix;  // IPv4 as ::ffff:a.b.c.d
        int bits;
    };
    std::vector<network> networks_;
};

}  // namespace ferry::upstream
