#include "app/config/address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "app/config/value.hpp"
#include "base/number_text.hpp"
#include "store/database.hpp"

namespace ferry::app {
namespace {

constexpr std::string_view forms = R"("127.0.0.1:5173", "[::1]:5173" or "unix:/run/ferry.sock")";

// IPv6 with a scope such as fe80::1%eth0 is refused: the name of an interface is not portable.
bool is_address(int family, const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> bytes;
    return ::inet_pton(family, text.c_str(), bytes.data()) == 1;
}

std::optional<unsigned> number_up_to(std::string_view text, unsigned highest) {
    const auto number = parse_number<unsigned>(text);
    return number && *number <= highest ? number : std::nullopt;
}

std::string check_unix_path(std::string& address) {
    const std::string path = absolute_path(address.substr(5));
    if (path.empty()) return R"(must name a file after "unix:", such as "unix:/run/ferry.sock")";
    constexpr std::size_t longest = sizeof(sockaddr_un::sun_path) - 1;
    if (path.size() > longest) {
        return fmt::format("{} is longer than the {} bytes a unix socket may have", in_quotes(path), longest);
    }
    address = "unix:" + path;
    return {};
}

}  // namespace

std::string check_listen_address(std::string& address) {
    if (address.starts_with("unix:")) return check_unix_path(address);
    const std::size_t colon = address.rfind(':');
    const bool has_port = colon != std::string::npos && address.find(']', colon) == std::string::npos;
    const std::string host = address.substr(0, has_port ? colon : address.size());
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (!bracketed && is_address(AF_INET6, address)) {
        return fmt::format("{} needs brackets and a port, such as \"[{}]:5173\"", in_quotes(address), address);
    }
    if (!bracketed && is_address(AF_INET6, host)) {
        return fmt::format("{} needs brackets: \"[{}]{}\"", in_quotes(address), host, address.substr(colon));
    }
    if (!has_port) return fmt::format("{} has no port; write {}", in_quotes(address), forms);
    if (!number_up_to(std::string_view(address).substr(colon + 1), 65535)) {
        return fmt::format("{} must end with a port from 0 to 65535", in_quotes(address));
    }
    if (bracketed && is_address(AF_INET6, host.substr(1, host.size() - 2))) return {};
    if (!bracketed && is_address(AF_INET, host)) return {};
    const std::string port = address.substr(colon);
    if (host == "localhost")
        return fmt::format("{} must be an address: write \"127.0.0.1{}\"", in_quotes(address), port);
    if (host.empty() || host == "*") {
        return fmt::format(
            "{} must name an address: \"0.0.0.0{}\" is every IPv4 address, \"[::]{}\" every IPv6 address",
            in_quotes(address), port, port);
    }
    return fmt::format("{} must be an IP address and a port or a unix socket: {}", in_quotes(address), forms);
}

std::string check_listen_addresses(std::vector<std::string>& addresses) {
    if (addresses.empty()) return fmt::format("must have at least one address: {}", forms);
    for (auto address = addresses.begin(); address != addresses.end(); ++address) {
        if (auto problem = check_listen_address(*address); !problem.empty()) return problem;
        if (!address->ends_with(":0") && std::find(addresses.begin(), address, *address) != address) {
            return fmt::format("{} is there twice", in_quotes(*address));
        }
    }
    return {};
}

std::string check_network(const std::string& network) {
    const std::size_t slash = network.find('/');
    const std::string host = network.substr(0, slash);
    const bool v4 = is_address(AF_INET, host);
    if (!v4 && !is_address(AF_INET6, host)) {
        return fmt::format(R"({} must be a network such as "169.254.0.0/16" or "fe80::/10")", in_quotes(network));
    }
    const unsigned bits = v4 ? 32 : 128;
    if (slash != std::string::npos && !number_up_to(std::string_view(network).substr(slash + 1), bits)) {
        return fmt::format("{} must have a prefix length from 0 to {}", in_quotes(network), bits);
    }
    return {};
}

std::string check_origin(const std::string& origin) {
    if (origin == "*" || origin == "null") return {};
    const std::size_t host = origin.find("://");
    const bool plain = std::all_of(origin.begin(), origin.end(), [](unsigned char c) {
        return c > ' ' && c < 0x7f && c != '*' && c != ',' && c != '@' && (c < 'A' || c > 'Z');
    });
    if (plain && host != std::string::npos && host > 0 && host + 3 < origin.size() &&
        origin.find_first_of("/?#", host + 3) == std::string::npos) {
        const std::size_t colon = origin.find(':', std::max(host + 3, origin.rfind(']') + 1));
        if (colon == std::string::npos || number_up_to(std::string_view(origin).substr(colon + 1), 65535)) return {};
        return fmt::format("{} must end with a port from 0 to 65535, or without one", in_quotes(origin));
    }
    return fmt::format(R"({} must be "*" or an origin as browsers send it, in small letters and without a path, )"
                       R"(such as "https://app.example.com" or "http://localhost:3000")",
                       in_quotes(origin));
}

std::string check_store_url(std::string& url) {
    constexpr std::string_view scheme = "sqlite:";
    if (store::is_server_url(url)) return store::check_server_url(url);
    if (!url.starts_with(scheme)) {
        return R"(must be "sqlite:" and the path of a file, such as "sqlite:var/ferry.db", or "postgres://...")";
    }
    const std::string path = url.substr(scheme.size());
    if (path.starts_with("//") && !path.starts_with("///")) {
        return R"(must have no host: write "sqlite:relative/path" or "sqlite:/absolute/path")";
    }
    if (path.empty() || path.starts_with(':') || path.ends_with('/')) {
        return R"(must name a file after "sqlite:", such as "sqlite:var/ferry.db")";
    }
    url = std::string(scheme) + absolute_path(path.starts_with("///") ? path.substr(2) : path);
    return {};
}

std::string absolute_path(const std::string& path) {
    if (path.empty()) return {};
    return std::filesystem::absolute(path).lexically_normal().string();
}

}  // namespace ferry::app
