#include "upstream/denied_networks.hpp"

#include <algorithm>
#include <array>

namespace ferry::upstream {

namespace ip = boost::asio::ip;

namespace {

// Addresses under `prefix` carry an IPv4 address in these four bytes of theirs.
struct wrapping {
    const char* prefix;
    unsigned short length;
    std::array<unsigned char, 4> bytes;
    bool is_inverted = false;
    bool ends_there = false;  // nothing but zeros follows them
};

constexpr std::array<unsigned char, 4> last_four = {12, 13, 14, 15};

constexpr auto wrappings = std::to_array<wrapping>({
    {"::ffff:0:0", 96, last_four},    // mapped, RFC 4291 section 2.5.5.2
    {"::", 96, last_four},            // compatible, RFC 4291 section 2.5.5.1
    {"::ffff:0:0:0", 96, last_four},  // translated, RFC 2765 section 2.1
    {"64:ff9b::", 96, last_four},     // NAT64, RFC 6052 section 2.1
    {"64:ff9b:1::", 48, last_four},   // NAT64 of local use, RFC 8215: a /96, /64, /56 or /48 of RFC 6052 section 2.2
    {"64:ff9b:1::", 48, {9, 10, 11, 12}, false, true},
    {"64:ff9b:1::", 48, {7, 9, 10, 11}, false, true},
    {"64:ff9b:1::", 48, {6, 7, 9, 10}, false, true},
    {"2002::", 16, {2, 3, 4, 5}},    // 6to4, RFC 3056
    {"2001::", 32, {4, 5, 6, 7}},    // Teredo, RFC 4380 section 4: the server,
    {"2001::", 32, last_four, true}  // and the client
});

// ISATAP (RFC 5214 section 6.1) has no prefix of its own, but an interface identifier.
bool is_isatap(const ip::address_v6::bytes_type& bytes) {
    return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

ip::address_v4 taken_from(const ip::address_v6::bytes_type& bytes, const wrapping& by) {
    ip::address_v4::bytes_type found;
    for (std::size_t i = 0; i < found.size(); ++i) {
        found[i] = static_cast<unsigned char>(bytes[by.bytes[i]] ^ (by.is_inverted ? 0xff : 0));
    }
    return ip::address_v4(found);
}

std::vector<ip::address_v4> wrapped_in(const ip::address_v6& address) {
    std::vector<ip::address_v4> found;
    const auto bytes = address.to_bytes();
    const ip::address_v6 scopeless(bytes);
    for (const auto& one : wrappings) {
        const auto prefix = ip::make_address_v6(one.prefix);
        if (ip::make_network_v6(scopeless, one.length).network() != prefix) continue;
        const auto* rest = bytes.data() + one.bytes.back() + 1;
        const bool more = std::any_of(rest, bytes.data() + bytes.size(), [](unsigned char byte) { return byte != 0; });
        if (!one.ends_there || !more) found.push_back(taken_from(bytes, one));
    }
    if (is_isatap(bytes)) found.push_back(taken_from(bytes, {"", 0, last_four}));
    return found;
}

// Linux connects to this machine for the address that means none.
bool reaches_v4(const net::network_list& networks, const ip::address_v4& address) {
    return networks.contains(address) ||
           (address.is_unspecified() && networks.contains(ip::address(ip::address_v4::loopback())));
}

}  // namespace

bool denied_networks::contains(const ip::address& address) const {
    if (address.is_v4()) return reaches_v4(listed_, address.to_v4());
    const auto v6 = address.to_v6();
    if (listed_.contains(address)) return true;
    if (v6.is_unspecified() && listed_.contains(ip::address(ip::address_v6::loopback()))) return true;
    if (v6.is_loopback()) return false;  // not the compatible form of 0.0.0.1
    for (const auto& v4 : wrapped_in(v6)) {
        if (reaches_v4(listed_, v4)) return true;
    }
    return false;
}

}  // namespace ferry::upstream
