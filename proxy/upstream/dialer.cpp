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
    std::unique_ptr<net::plain_stream> socket;  // once it is connected
    stream made;
    asio::ip::address address;  // that it goes to

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

fault not_connected(const std::string& whom, const asio::ip::address& address, int error) {
    std::string reason = "no answer in time";
    if (error != 0) reason = boost::system::system_category().message(error);
    return unreachable(whom + " at " + address.to_string() + ": " + reason + ".");
}

fault no_socket() {
    return fault::self(fault_code::overloaded, "No connection to the upstream can be made now: try again shortly.",
                       "No socket: too many open files, or no memory. Raise the limit of open files.");
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
      tls_(std::make_shared<net::tls_client>(settings.tls())) {}

void dialer::reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls) {
    if (tls) tls_ = std::move(tls);
    denied_ = denied_networks(settings.denied_networks);
    proxies_ = proxy_choice(settings);
}

asio::awaitable<result<dialer::dialled>> dialer::dial(const catalog::endpoint& where, dial_memory& memory,
                                                      steady::time_point until, net::interrupt_slot& slot,
                                                      dial_times& took) {
    const auto tls = tls_;  // a reload may replace it meanwhile
    journey on{where, proxies_.of(where), memory.session, slot, took, *tls, {}, {}, {}};
    boost::system::error_code is_name;
    const auto literal = asio::ip::make_address(where.host, is_name);
    if (on.proxy && !is_name && denied_.contains(literal)) co_return denied("The address " + literal.to_string());
    const auto began = steady::now();
    auto resolved = co_await resolver_.resolve(on.first_host(), slot);
    took.resolve_us = us_between(began, steady::now());
    if (!resolved) co_return resolved.error();
    auto left = std::move(*resolved);
    const bool are_several = left.size() > 1;
    if (are_several) left = by_turns(std::move(left), memory.worked);
    auto failure = unreachable("There was no time to try an address of " + on.name() + ".");
    std::erase_if(left, [&](const auto& address) {
        const bool is_denied = denied_.contains(address);
        if (is_denied) failure = denied("The address " + address.to_string() + " of " + on.name());
        return is_denied;
    });
    while (!left.empty()) {
        const auto now = steady::now();
        if (slot.interrupted() || now >= until) break;
        std::optional<fault> failed;
        if (left.size() > 1) {
            failed = co_await reach_first(on, left);
        } else {
            const auto address = std::exchange(left, {}).front();
            failed = co_await reach_one(on, address);
        }
        const bool is_reached = !failed;
        if (is_reached && (on.proxy || where.is_tls)) {
            // One address whose server says nothing must leave time for the others.
            net::deadline share(wheel_);
            share.on_expiry([&slot] { slot.poke(); });
            if (!left.empty()) share.arm(now + (until - now) / static_cast<int>(left.size() + 1));
            failed = co_await secure(on);
        } else if (is_reached) {
            on.made = std::move(on.socket);
        }
        if (!failed) {
            if (are_several) memory.worked = on.address;
            co_return dialled{std::move(on.made), on.address};
        }
        // Of several failures the one that came furthest says most.
        const bool came_further =
            failure.code == fault_code::upstream_tls_error && failed->code == fault_code::upstream_unreachable;
        if (!came_further) failure = std::move(*failed);
        if (!is_reached) break;
    }
    co_return failure;
}

name_cache::answer dialer::known_addresses(const catalog::endpoint& where) {
    const auto proxy = proxies_.of(where);
    return resolver_.known(proxy ? proxy->host : where.host);
}

// TCP to the one address there is.
asio::awaitable<std::optional<fault>> dialer::reach_one(journey& on, const asio::ip::address& address) {
    const auto began = steady::now();
    auto socket = net::plain_stream::open(core_, address);
    if (!socket) co_return no_socket();
    net::io_result connected;
    {
        const net::interrupt_slot::holder waiting(on.slot, *socket);
        connected = co_await socket->connect(address, on.first_port());
    }
    on.took.connect_us = us_between(began, steady::now());
    if (connected.status != net::io_status::ok) co_return not_connected(on.name(), address, connected.error);
    on.socket = std::move(socket);
    on.address = address;
    co_return std::nullopt;
}

// TCP to any of several.
asio::awaitable<std::optional<fault>> dialer::reach_first(journey& on, address_list& left) {
    const auto began = steady::now();
    connect_race race(core_, wheel_, on.first_port());
    auto ended = co_await race.run(left, on.slot);
    on.took.connect_us = us_between(began, steady::now());
    if (ended.lacks_socket) co_return no_socket();
    if (!ended.winner) co_return not_connected(on.name(), ended.address, ended.error);
    on.socket = std::move(ended.winner);
    on.address = ended.address;
    co_return std::nullopt;
}

// What has to be said before the first request.
asio::awaitable<std::optional<fault>> dialer::secure(journey& on) {
    if (on.proxy) {
        auto refused = co_await pass_proxy(on, *on.socket);
        if (refused) co_return std::move(*refused);
    }
    if (!on.where.is_tls) {
        on.made = std::move(on.socket);
        co_return std::nullopt;
    }
    const auto began = steady::now();
    auto wrapped = on.tls.wrap(on.socket->release_socket(), on.where.sni, on.where.host, on.session);
    if (!wrapped) co_return wrapped.error();
    auto secured = std::move(*wrapped);
    std::optional<fault> refused;
    {
        const net::interrupt_slot::holder waiting(on.slot, *secured);
        refused = co_await secured->handshake();
    }
    on.took.tls_us = us_between(began, steady::now());
    on.made = std::move(secured);
    co_return std::move(refused);
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
