#include "catalog/endpoint.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>

#include "catalog/bad_row.hpp"
#include "catalog/url_host.hpp"

namespace ferry::catalog {
namespace {

constexpr std::size_t max_url_bytes = 4096;

fault bad_endpoint(std::string what) {
    return bad_row("api_endpoint " + std::move(what));
}

bool is_visible_ascii(char c) {
    return c > ' ' && c <= '~';
}

}  // namespace

result<endpoint> parse_endpoint(std::string_view text) {
    if (text.empty()) return bad_endpoint("is empty: write a URL such as https://api.example.com/v1");
    if (text.size() > max_url_bytes) return bad_endpoint("is longer than 4096 bytes");
    if (!std::all_of(text.begin(), text.end(), is_visible_ascii))
        return bad_endpoint("holds a space, a control byte or a byte outside ASCII: percent-encode it");
    const auto parsed = boost::urls::parse_uri(text);
    if (!parsed) return bad_endpoint("is not an absolute URL: write one such as https://api.example.com/v1");
    const boost::urls::url_view& url = *parsed;

    endpoint made;
    if (url.scheme_id() == boost::urls::scheme::https)
        made.is_tls = true;
    else if (url.scheme_id() != boost::urls::scheme::http)
        return bad_endpoint("has a scheme other than http and https");
    if (url.has_userinfo()) return bad_endpoint("holds a user or password: put the key into api_key");
    if (url.has_fragment()) return bad_endpoint("has a fragment (#...), which is never sent: remove it");

    const auto host = host_of(url);
    if (!host) return bad_endpoint("has no host, or one that is neither a name nor an address");
    const std::uint16_t usual_port = made.is_tls ? 443 : 80;
    made.port = port_of(url, usual_port);
    if (made.port == 0) return bad_endpoint("has a port that is not a number in 1..65535");

    made.target = std::string(url.encoded_target());
    if (!made.target.starts_with('/')) made.target.insert(0, "/");
    made.host = host->name;
    made.authority = host->in_url() + ":" + std::to_string(made.port);
    made.host_header = made.port == usual_port ? host->in_url() : made.authority;
    if (host->is_name) made.sni = made.host.substr(0, made.host.find_last_not_of('.') + 1);
    made.label = (made.is_tls ? "https://" : "http://") + made.authority;
    made.pool_key = made.label;
    return made;
}

void reach_through(endpoint& made, std::shared_ptr<const forward_proxy> proxy) {
    made.is_direct = proxy == nullptr;
    made.proxy = std::move(proxy);
    made.pool_key = made.label + " ";
    if (made.is_direct) {
        made.pool_key += no_proxy;
        return;
    }
    made.label += " via " + made.proxy->name;
    made.pool_key.append(made.proxy->name).append(" ").append(made.proxy->authorization.reveal());
}

}  // namespace ferry::catalog
