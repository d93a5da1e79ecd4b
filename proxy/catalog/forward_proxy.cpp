#include "catalog/forward_proxy.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <boost/url/parse.hpp>

#include "catalog/bad_row.hpp"
#include "catalog/url_host.hpp"

namespace ferry::catalog {
namespace {

std::string basic_authorization(const std::string& user, const std::string& password) {
    const std::string plain = user + ":" + password;
    std::string encoded(4 * (plain.size() / 3 + 1) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                        reinterpret_cast<const unsigned char*>(plain.data()), static_cast<int>(plain.size()));
    encoded.resize(static_cast<std::size_t>(size));
    return "Basic " + encoded;
}

}  // namespace

result<forward_proxy> parse_forward_proxy(std::string_view text) {
    const bool is_visible = std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (text.size() > 4096 || !is_visible) return bad_row("holds a space, a control byte or a byte outside ASCII");
    const std::string written(text.find("://") == std::string_view::npos ? "http://" + std::string(text) : text);
    const auto parsed = boost::urls::parse_uri(written);
    if (!parsed) return bad_row("is not a URL: write one such as http://proxy.example:3128");
    const boost::urls::url_view& url = *parsed;
    if (url.scheme_id() != boost::urls::scheme::http)
        return bad_row("has a scheme other than http: only HTTP proxies spoken to without TLS are supported (CONNECT)");
    const auto host = host_of(url);
    if (!host) return bad_row("has no host, or one that is neither a name nor an address");
    forward_proxy made;
    made.port = port_of(url, 80);
    if (made.port == 0) return bad_row("has a port that is not a number in 1..65535");
    const bool has_path = !url.encoded_path().empty() && url.encoded_path() != "/";
    if (has_path || url.has_query() || url.has_fragment()) return bad_row("has a path: write host and port alone");
    made.host = host->name;
    made.name = host->in_url() + ":" + std::to_string(made.port);
    if (!url.has_userinfo()) return made;
    const std::string user = url.user(), password = url.password();
    // RFC 7617 section 2: a colon in the name would end it.
    if (user.find(':') != std::string::npos) return bad_row("has a user with a colon, which ends a user's name");
    made.authorization = secret(basic_authorization(user, password));
    return made;
}

}  // namespace ferry::catalog
