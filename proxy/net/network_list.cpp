#include "net/network_list.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/ascii.hpp"

namespace ferry::net {

namespace ip = boost::asio::ip;

namespace {

// Asio compares scopes too, and a resolver adds them to link-local addresses.
ip::address_v6 without_scope(const ip::address_v6& address) {
    return ip::address_v6(address.to_bytes());
}

// The prefix length of "ADDRESS/LENGTH", or `most` of an address alone; -1 if it is no number. Asio reads this number
// with atoi, for which 4294967304 may be 8.
int prefix_length(const std::string& cidr, int most) {
    const auto slash = cidr.find('/');
    if (slash == std::string::npos) return most;
    const auto digits = cidr.substr(slash + 1);
    if (!is_digits(digits) || digits.size() > 3) return -1;
    const int length = std::stoi(digits);
    return length > most ? -1 : length;
}

}  // namespace

network_list::network_list(const std::vector<std::string>& cidrs) {
    for (const auto& cidr : cidrs) {
        boost::system::error_code error;
        const auto address = ip::make_address(cidr.substr(0, cidr.find('/')), error);
        const int length = error ? -1 : prefix_length(cidr, address.is_v4() ? 32 : 128);
        if (length < 0) {
            throw std::invalid_argument("'" + cidr + "' is not a network; write it as 10.0.0.0/8 or fe80::/10.");
        }
        const auto bits = static_cast<unsigned short>(length);
        if (address.is_v4()) {
            v4_.push_back(ip::make_network_v4(address.to_v4(), bits).canonical());
        } else {
            v6_.push_back(ip::make_network_v6(without_scope(address.to_v6()), bits).canonical());
        }
    }
}

bool network_list::contains(const ip::address& address) const {
    const auto v6 =
        address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : without_scope(address.to_v6());
    const bool in_v6 = std::any_of(v6_.begin(), v6_.end(), [&v6](const ip::network_v6& network) {
        return ip::make_network_v6(v6, network.prefix_length()).network() == network.network();
    });
    if (in_v6 || !v6.is_v4_mapped()) return in_v6;
    const auto v4 = ip::make_address_v4(ip::v4_mapped, v6);
    return std::any_of(v4_.begin(), v4_.end(), [&v4](const ip::network_v4& network) {
        return ip::make_network_v4(v4, network.prefix_length()).network() == network.network();
    });
}

}  // namespace ferry::net
