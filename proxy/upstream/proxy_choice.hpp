// Through which HTTP proxy, if any, an endpoint is reached. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/endpoint.hpp"
#include "net/network_list.hpp"
#include "upstream/options.hpp"

namespace ferry::upstream {

// The row's own word comes first, then `upstream.proxy`, then the environment. The last two are about the outside: they
// never apply to `localhost` and loopback addresses. Immutable.
class proxy_choice {
public:
    // Throws std::invalid_argument naming the key or the variable that is no proxy.
    explicit proxy_choice(const options& settings);

    // For the log: "the proxy host:port (upstream.proxy)"; "" if endpoints are connected to directly.
    std::string described() const;

    // Null: connect directly.
    std::shared_ptr<const catalog::forward_proxy> of(const catalog::endpoint& where) const;

private:
    bool is_exempt(const catalog::endpoint& where) const;

    std::shared_ptr<const catalog::forward_proxy> configured_, https_, http_;
    bool uses_environment_ = false;

    // NO_PROXY, taken apart.
    struct exempt_name {
        std::string suffix;  // begins with a dot
        std::string port;    // "" for any
    };
    bool all_exempt_ = false;
    std::vector<exempt_name> exempt_names_;
    std::vector<std::pair<net::network_list, std::string>> exempt_networks_;
};

// What is wrong with the value of `upstream.proxy`; "" if nothing is.
std::string proxy_problem(const std::string& value);

}  // namespace ferry::upstream
