#include "upstream/denied_networks.hpp"

#include <charconv>
#include <stdexcept>

namespace ferry::upstream {

namespace ip = boost::asio::ip;

namespace {

ip::address_v6::bytes_type as_v6(const ip::address& address) {
    if (address.is_v6()) return address.to_v6().to_bytes();
    ip::address_v6::bytes_type bytes{};
    bytes[10] = bytes[11] = 0xff;
    const auto v4 = address.to_v4().to_bytes();
    for (std::size_t i = 0; i < 4; ++i) bytes[12 + i] = v4[i];
    return bytes;
}

bool same_prefix(const ip::address_v6::bytes_type& a, const ip::address_v6::bytes_type& b, int bits) {
    for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
        const auto mask = static_cast<unsigned char>(bits >= 8 ? 0xff : 0xff << (8 - bits));
        if ((a[i] & mask) != (b[i] & mask)) return false;
    }
    return true;
}

}  // namespace

denied_networks::denied_networks(const std::vector<std::string>& cidrs) {
    for (const auto& cidr : cidrs) {
        const auto slash = cidr.find('/');
        boost::system::error_code error;
        const auto address = ip::make_address(cidr.substr(0, slash), error);
        const int most = address.is_v4() ? 32 : 128;
        int bits = most;
        if (!error && slash != std::string::npos) {
            const auto* end = cidr.data() + cidr.size();
            const auto parsed = std::from_chars(cidr.data() + slash + 1, end, bits);
            if (parsed.ec != std::errc() || parsed.ptr != end) bits = -1;
        }
        if (error || bits < 0 || bits > most) {
            throw std::invalid_argument("upstream.denied_networks: '" + cidr +
                                        "' is not a network; write it as 10.0.0.0/8 or fe80::/10.");
        }
        networks_.push_back({as_v6(address), address.is_v4() ? bits + 96 : bits});
    }
}

bool denied_networks::contains(const ip::address& address) const {
    const auto bytes = as_v6(address);
    for (const auto& network : networks_) {
        if (same_prefix(bytes, network.prefix, network.bits)) return true;
    }
    return false;
}

}  // namespace ferry::upstream
