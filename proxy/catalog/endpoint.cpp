#include "catalog/endpoint.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>

namespace ferry::catalog {
namespace {

constexpr std::size_t max_url_bytes = 4096;

fault bad(std::string what) {
    return fault::self(fault_code::internal_error, "api_endpoint " + std::move(what));
}

bool is_visible_ascii(char c) {
    return c > ' ' && c <= '~';
}

// Letters, digits, '-', '.' and '_' (some private networks use it): what a resolver and a Host header both take.
bool is_host_name(std::string_view host) {
    return !host.empty() && host.size() <= 253 && std::all_of(host.begin(), host.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    });
}

// 0 for what is no port. Boost.URL 1.81 keeps the last 16 bits of a larger number.
std::uint16_t port_of(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() ? port : std::uint16_t{0};
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

result<endpoint> parse_endpoint(std::string_view text) {
    if (text.empty()) return bad("is empty: write a URL such as https://api.example.com/v1");
    if (text.size() > max_url_bytes) return bad("is longer than 4096 bytes");
    if (!std::all_of(text.begin(), text.end(), is_visible_ascii))
        return bad("holds a space, a control byte or a byte outside ASCII: percent-encode it");
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) return bad("is not an absolute URL: write one such as https://api.example.com/v1");
    const boost::urls::url_view& url = *parsed;

    endpoint made;
    if (url.scheme_id() == boost::urls::scheme::https)
        made.is_tls = true;
    else if (url.scheme_id() != boost::urls::scheme::http)
        return bad("has a scheme other than http and https");
    if (url.has_userinfo()) return bad("holds a user or password: put the key into api_key");
    if (url.has_fragment()) return bad("has a fragment (#...), which is never sent: remove it");

    made.host = std::string(url.encoded_host_address());
    std::transform(made.host.begin(), made.host.end(), made.host.begin(), lower);
    const bool is_ipv6 = url.host_type() == boost::urls::host_type::ipv6;
    const bool is_future = url.host_type() == boost::urls::host_type::ipvfuture;
    if (is_future || (!is_ipv6 && !is_host_name(made.host)))
        return bad("has no host, or one that is neither a name nor an address");
    const bool is_name = url.host_type() == boost::urls::host_type::name;

    const std::uint16_t usual_port = made.is_tls ? 443 : 80;
    made.port = url.has_port() ? port_of(std::string_view(url.port())) : usual_port;
    // Boost.URL 1.81 reads `https://h:80a/v1` as port 80 and path `a/v1`.
    const bool is_port_whole = url.encoded_path().empty() || url.encoded_path().starts_with('/');
    if (made.port == 0 || !is_port_whole) return bad("has a port that is not a number in 1..65535");

    made.target = std::string(url.encoded_target());
    if (!made.target.starts_with('/')) made.target.insert(0, "/");
    const std::string host = is_ipv6 ? "[" + made.host + "]" : made.host;
    made.host_header = made.port == usual_port ? host : host + ":" + std::to_string(made.port);
    if (is_name) made.sni = made.host.substr(0, made.host.find_last_not_of('.') + 1);
    made.pool_key = (made.is_tls ? "https://" : "http://") + host + ":" + std::to_string(made.port);
    return made;
}

}  // namespace ferry::catalog
