#include "upstream/dialer.hpp"

#include "net/connect_tunnel.hpp"

namespace ferry::upstream {

namespace asio = boost::asio;

// What one call of dial() is about.
struct dialer::journey {
    const catalog::endpoint& where;
    std::shared_ptr<const catalog::forward_proxy> proxy;  // null: none
    const std::shared_ptr<net::tls_session_slot> session;
    net::interrupt_slot& slot;
    dial_times& took;
    net::tls_client& tls;

    const std::string& first_host() const { return proxy ? proxy->host : where.host; }
    std::uint16_t first_port() const { return proxy ? proxy->port : where.port; }
    // For operators.
    std::string name() const { return proxy ? "the proxy " + proxy->name : where.host_header; }
};

namespace {

using outcome = net::tunnel_answer::outcome;

fault unreachable(std::string operators_text, retry_advice advice = retry_advice::same) {
    return fault::upstream(fault_code::upstream_unreachable, advice, "The upstream cannot be reached.",
                           std::move(operators_text));
}

fault denied(const std::string& what) {
    return unreachable(what + " lies in upstream.denied_networks; no connection was made.",
                       retry_advice::next_candidate);
}

// Statuses by which proxies say that they could not reach the other side just now.
bool is_passing(int status) {
    return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 505);
}

fault refused_by(const catalog::forward_proxy& proxy, const std::string& authority, const net::tunnel_answer& answer) {
    const std::string who = "The proxy " + proxy.name;
    if (answer.what == outcome::broken) {
        return unreachable(who + " closed the connection when it was asked for " + authority + ".");
    }
    if (answer.what == outcome::not_http) {
        return unreachable(who + " did not answer CONNECT as an HTTP proxy does. Check its host and port.",
                           retry_advice::next_candidate);
    }
    const std::string said = std::to_string(answer.status) + (answer.reason.empty() ? "" : " ") + answer.reason;
    if (answer.status == 407) {
        const std::string state = proxy.authorization.empty() ? " wants a user and a password"
                                                              : " does not accept the user and password it was given";
        return unreachable(who + state + " (" + said + "): write them into its URL.", retry_advice::next_candidate);
    }
    const bool passes = is_passing(answer.status);
    return unreachable(who + " did not connect to " + authority + ": " + said + ".",
                       passes ? retry_advice::same : retry_advice::next_candidate);
}

}  // namespace

dialer::dialer(asio::io_context& core, net::timer_wheel& wheel, name_cache& names, const options& settings)
    : core_(core),
      wheel_(wheel),
      resolver_(core, names),
      denied_(settings.denied_networks),
      proxies_(settings),
      tls_(std::make_shared<net::tls_client>(net::tls_settings{settings.tls_verify, settings.ca_file})) {}

void dialer::reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls) {
    if (tls) tls_ = std::move(tls);
    denied_ = denied_networks(settings.denied_networks);
    proxies_ = proxy_choice(settings);
}

asio::awaitable<result<dialer::stream>> dialer::dial(const catalog::endpoint& where, dial_memory& memory,
                                                     steady::time_point until, net::interrupt_slot& slot,
                                                     dial_times& took) {
    const auto tls = tls_;  // a reload may replace it meanwhile
    journey on{where, proxies_.of(where), memory.session, slot, took, *tls};
    boost::system::error_code is_name;
    const auto literal = asio::ip::make_address(where.host, is_name);
    if (on.proxy && !is_name && denied_.contains(literal)) co_return denied("The address " + literal.to_string());
    const auto began = steady::now();
    auto resolved = co_await resolver_.resolve(on.first_host(), slot);
    took.resolve_us = us_between(began, steady::now());
    if (!resolved) co_return resolved.error();
    auto failure = unreachable("There was no time to try an address of " + on.name() + ".");
    const auto count = resolved->size();
    for (std::size_t tried = 0; tried < count; ++tried) {
        const auto now = steady::now();
        if (slot.interrupted() || now >= until) break;
        // One address that swallows packets must leave time for the others.
        net::deadline share(wheel_);
        share.on_expiry([&slot] { slot.poke(); });
        if (tried + 1 < count) share.arm(now + (until - now) / static_cast<int>(count - tried));
        const auto address = (*resolved)[memory.first_address % count];
        auto dialled = co_await dial_one(on, address);
        if (dialled) co_return std::move(*dialled);
        // Of several failures the one that came furthest says most.
        const bool came_further = failure.code == fault_code::upstream_tls_error &&
                                  dialled.error().code == fault_code::upstream_unreachable;
        if (!came_further) failure = dialled.error();
        // A client that left, or a shutdown, says nothing about the address.
        if (!slot.interrupted() && failure.source == fault_source::upstream) ++memory.first_address;
    }
    co_return failure;
}

asio::awaitable<result<dialer::stream>> dialer::dial_one(journey& on, const asio::ip::address& address) {
    const auto began = steady::now();
    if (denied_.contains(address)) co_return denied("The address " + address.to_string() + " of " + on.name());
    auto socket = net::plain_stream::open(core_, address);
    if (!socket) {
        co_return fault::self(fault_code::overloaded,
                              "No connection to the upstream can be made now: try again shortly.",
                              "No socket: too many open files, or no memory. Raise the limit of open files.");
    }
    net::io_result connected;
    {
        const net::interrupt_slot::holder waiting(on.slot, *socket);
        connected = co_await socket->connect(address, on.first_port());
    }
    const auto has_connected = steady::now();
    on.took.connect_us = us_between(began, has_connected);
    if (connected.status != net::io_status::ok) {
        std::string reason = "no answer in time";
        if (connected.error != 0) reason = boost::system::system_category().message(connected.error);
        co_return unreachable(on.name() + " at " + address.to_string() + ": " + reason + ".");
    }
    if (on.proxy) {
        auto refused = co_await pass_proxy(on, *socket);
        if (refused) co_return std::move(*refused);
    }
    if (!on.where.is_tls) co_return stream(std::move(socket));
    const auto has_path = steady::now();
    auto wrapped = on.tls.wrap(socket->release_socket(), on.where.sni, on.where.host, on.session);
    if (!wrapped) co_return wrapped.error();
    auto secured = std::move(*wrapped);
    std::optional<fault> refused;
    {
        const net::interrupt_slot::holder waiting(on.slot, *secured);
        refused = co_await secured->handshake();
    }
    on.took.tls_us = us_between(has_path, steady::now());
    if (refused) co_return std::move(*refused);
    co_return stream(std::move(secured));
}

asio::awaitable<std::optional<fault>> dialer::pass_proxy(journey& on, net::plain_stream& socket) {
    const auto began = steady::now();
    net::tunnel_answer answer;
    {
        const net::interrupt_slot::holder waiting(on.slot, socket);
        std::string authorization(on.proxy->authorization.reveal());
        answer = co_await net::open_tunnel(socket, on.where.authority, std::move(authorization));
    }
    on.took.proxy_us = us_between(began, steady::now());
    if (answer.what == outcome::open) co_return std::nullopt;
    if (answer.what == outcome::interrupted) {
        co_return unreachable("The proxy " + on.proxy->name + " did not answer in time when it was asked for " +
                              on.where.authority + ".");
    }
    co_return refused_by(*on.proxy, on.where.authority, answer);
}

}  // namespace ferry::upstream
