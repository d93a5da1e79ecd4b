// Makes connections to providers: name, TCP, HTTP proxy, TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/fault.hpp"
#include "net/timer_wheel.hpp"
#include "net/tls.hpp"
#include "upstream/connect_race.hpp"
#include "upstream/denied_networks.hpp"
#include "upstream/proxy_choice.hpp"
#include "upstream/resolver.hpp"

namespace ferry::upstream {

// How long the steps of making a connection took; those that were not reached or not needed are 0. Of several addresses
// the last that a connection was made to.
struct dial_times {
    std::int64_t resolve_us = 0, connect_us = 0, proxy_us = 0, tls_us = 0;
};

// What earlier connections to one endpoint leave for the next one. Owned by the pool; lives on its core.
struct dial_memory {
    std::shared_ptr<net::tls_session_slot> session = std::make_shared<net::tls_session_slot>();
    boost::asio::ip::address worked;  // the last that a whole connection was made to, where a name has several
};

// Where a proxy is used, it looks the endpoint's name up, so that only a denied address that is written in the endpoint
// itself is refused; the proxy's own addresses are judged like any other. Owned by a pool; lives on its core.
class dialer {
public:
    using stream = std::unique_ptr<net::byte_stream>;
    struct dialled {
        stream made;
        boost::asio::ip::address address;  // that it goes to: the proxy's, where there is one
    };

    // Throws std::invalid_argument and std::runtime_error: settings that cannot be used.
    dialer(boost::asio::io_context& core, net::timer_wheel& wheel, name_cache& names, const options& settings);

    // Has the addresses of the name race, all before `until`, when the caller pokes `slot`; if whoever wins then fails
    // at proxy or TLS, the others race again. Faults: upstream_dns_error, upstream_unreachable, upstream_tls_error,
    // overloaded; any of them when `slot` was interrupted or the time is up. REQUIRES: the references outlive the call.
    boost::asio::awaitable<result<dialled>> dial(const catalog::endpoint& where, dial_memory& memory,
                                                 steady::time_point until, net::interrupt_slot& slot, dial_times& took);

    // Where a connection would go now, as far as the name service has said; null for a literal address. Has a name
    // looked up again whose time is over.
    name_cache::answer known_addresses(const catalog::endpoint& where);

    // For the next connection. `tls` is null where trust has not changed.
    void reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls);

private:
    struct journey;
    boost::asio::awaitable<std::optional<fault>> reach_one(journey& on, const boost::asio::ip::address& address);
    boost::asio::awaitable<std::optional<fault>> reach_first(journey& on, address_list& left);
    boost::asio::awaitable<std::optional<fault>> secure(journey& on);
    boost::asio::awaitable<std::optional<fault>> pass_proxy(journey& on, net::plain_stream& socket);

    boost::asio::io_context& core_;
    net::timer_wheel& wheel_;
    resolver resolver_;
    denied_networks denied_;
    proxy_choice proxies_;
    std::shared_ptr<net::tls_client> tls_;
};

}  // namespace ferry::upstream
