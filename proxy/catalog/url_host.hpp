// The host and port of a URL, checked: safe to resolve, to show and to write into a head.
#pragma once

#include <boost/url/url_view.hpp>
#include <cstdint>
#include <optional>
#include <string>

namespace ferry::catalog {

struct url_host {
    std::string name;  // lower case; an IPv6 address without brackets
    bool is_ipv6 = false;
    bool is_name = false;  // not an address

    // As it stands in a URL: an IPv6 address in brackets.
    std::string in_url() const { return is_ipv6 ? "[" + name + "]" : name; }
};

// Nothing if there is no host, or one that is neither a name nor an address.
std::optional<url_host> host_of(const boost::urls::url_view& url);

// `usual` where the URL names no port; 0 for what is no number in 1..65535.
std::uint16_t port_of(const boost::urls::url_view& url, std::uint16_t usual);

}  // namespace ferry::catalog
