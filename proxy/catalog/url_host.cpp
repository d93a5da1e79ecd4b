#include "catalog/url_host.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "base/number_text.hpp"

namespace ferry::catalog {
namespace {

// Letters, digits, '-', '.' and '_' (some private networks use it): what a resolver and a Host header both take.
bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

}  // namespace

std::optional<url_host> host_of(const boost::urls::url_view& url) {
    const auto written = url.encoded_host_address();
    url_host found;
    found.name = lower_case({written.data(), written.size()});
    found.is_ipv6 = url.host_type() == boost::urls::host_type::ipv6;
    found.is_name = url.host_type() == boost::urls::host_type::name;
    const bool is_future = url.host_type() == boost::urls::host_type::ipvfuture;
    if (is_future || (!found.is_ipv6 && !is_host_name(found.name))) return std::nullopt;
    return found;
}

std::uint16_t port_of(const boost::urls::url_view& url, std::uint16_t usual) {
    // Boost.URL 1.81 reads `https://h:80a/v1` as port 80 and path `a/v1`, and lets large numbers wrap.
    const bool is_port_whole = url.encoded_path().empty() || url.encoded_path().starts_with('/');
    if (!is_port_whole) return 0;
    if (!url.has_port()) return usual;
    const auto digits = url.port();
    return parse_number<std::uint16_t>({digits.data(), digits.size()}).value_or(0);
}

}  // namespace ferry::catalog
