#include "server/trusted_proxies.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <cstdint>

#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "net/strict_http.hpp"

namespace ferry::server {

namespace {

std::vector<std::string_view> split(std::string_view text, char mark) {
    std::vector<std::string_view> parts;
    while (true) {
        const auto end = text.find(mark);
        parts.push_back(trimmed(text.substr(0, end)));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

// ":" and a number up to 65535, or a name of the proxy's own (`_` and a token: RFC 7239, section 6.3); also nothing.
bool is_port_or_nothing(std::string_view text) {
    if (text.empty() || text.starts_with(":_")) return true;
    if (text.front() != ':' || text.size() < 2) return false;
    return parse_number<std::uint16_t>(text.substr(1)).has_value();
}

// "203.0.113.7", "203.0.113.7:1234", "2001:db8::1", "[2001:db8::1]:1234", each perhaps in quotes; "" if it is none.
std::string bare_address(std::string_view text) {
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = std::min(text.find(']'), text.size() - 1);
        port = text.substr(end + 1);
        text = text.substr(1, end - 1);
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        port = text.substr(text.find(':'));
        text = text.substr(0, text.find(':'));
    }
    if (!is_port_or_nothing(port)) return {};
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(std::string(text), error);
    return error ? std::string{} : address.to_string();
}

std::string_view for_parameter(std::string_view element) {
    for (const auto part : split(element, ';')) {
        if (part.size() > 4 && net::same_token(part.substr(0, 4), "for=")) return trimmed(part.substr(4));
    }
    return {};
}

// Nearest to the client first, over all fields of the name.
std::vector<std::string_view> hops(const net::http_head& request, std::string_view name) {
    std::vector<std::string_view> all;
    for (const auto& field : request.fields) {
        if (!net::same_token(field.name, name)) continue;
        for (const auto one : split(field.value, ',')) all.push_back(one);
    }
    return all;
}

std::vector<std::string> without_unix(std::vector<std::string> networks) {
    std::erase(networks, "unix");
    return networks;
}

}  // namespace

trusted_proxies::trusted_proxies(const std::vector<std::string>& networks)
    : networks_(without_unix(networks)),
      unix_(std::find(networks.begin(), networks.end(), "unix") != networks.end()),
      any_(!networks.empty()) {}

bool trusted_proxies::trusts(const std::string& address) const {
    if (address == "unix") return unix_;
    boost::system::error_code error;
    const auto parsed = boost::asio::ip::make_address(address, error);
    return !error && networks_.contains(parsed);
}

bool trusted_proxies::trusts_peer(std::string_view peer) const {
    return any_ && trusts(std::string(peer));
}

std::string trusted_proxies::client_of(std::string_view peer, const net::http_head& request) const {
    if (!trusts_peer(peer)) return {};
    auto told = hops(request, "x-forwarded-for");
    if (told.empty()) {
        told = hops(request, "forwarded");
        for (auto& one : told) one = for_parameter(one);
    }
    std::string nearest;
    for (auto hop = told.rbegin(); hop != told.rend(); ++hop) {
        auto address = bare_address(*hop);
        if (address.empty()) break;
        nearest = std::move(address);
        if (!trusts(nearest)) break;
    }
    return nearest;
}

}  // namespace ferry::server
