// Networks as an operator lists them (CIDR). Pure.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <string>
#include <vector>

namespace ferry::net {

class network_list {
public:
    // "10.0.0.0/8", "fe80::/10", or one address. Throws std::invalid_argument naming the entry that is neither.
    explicit network_list(const std::vector<std::string>& cidrs);

    // IPv4-mapped IPv6 addresses are the IPv4 address they mean, and the other way round; a scope ("%eth0") is ignored.
    bool contains(const boost::asio::ip::address& address) const;

private:
    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
};

}  // namespace ferry::net
