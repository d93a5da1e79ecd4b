#include "upstream/pool.hpp"

#include <algorithm>

namespace ferry::upstream {

namespace {
constexpr std::size_t answer_header_limit = 64u << 10;
constexpr auto sweep_interval = std::chrono::seconds(1);
}  // namespace

lease& lease::operator=(lease&& other) noexcept {
    if (this == &other) return *this;
    release();
    pool_ = other.pool_;
    key_ = std::move(other.key_);
    connection_ = std::move(other.connection_);
    reusable_ = other.reusable_;
    return *this;
}

void lease::release() {
    if (connection_) pool_->give_back(key_, std::move(connection_), reusable_);
    connection_.reset();
}

pool::pool(boost::asio::io_context& core, net::timer_wheel& wheel, net::buffer_pool& buffers, name_lookup& lookup,
           const options& settings)
    : core_(core),
      wheel_(wheel),
      buffers_(buffers),
      options_(settings),
      denied_(settings.denied_networks),
      tls_(std::make_shared<net::tls_client>(net::tls_settings{settings.tls_verify, settings.ca_file})),
      resolver_(core, lookup),
      sweep_at_(wheel) {
    sweep_at_.on_expiry([this] { sweep(); });
}

pool::~pool() = default;

lease pool::take_idle(const catalog::endpoint& where) {
    const auto found = hosts_.find(where.pool_key);
    if (found == hosts_.end()) return {};
    auto& idle = found->second.idle;
    while (!idle.empty()) {
        auto candidate = std::move(idle.back());
        idle.pop_back();
        if (!is_quiet(*candidate)) continue;
        candidate->buffer = buffers_.lend();
        candidate->begin = candidate->end = 0;
        ++found->second.in_use;
        ++found->second.reused;
        return lease(*this, where.pool_key, std::move(candidate));
    }
    return {};
}

boost::asio::awaitable<result<lease>> pool::connect(const catalog::endpoint& where, steady::time_point until,
                                                    net::interrupt_slot& slot, dial_times* took) {
    const auto generation = generation_;
    auto& of = hosts_[where.pool_key];
    net::deadline limit(wheel_);
    limit.on_expiry([&slot] { slot.poke(); });
    limit.arm(until);
    dial_times unasked;
    dial_times& times = took == nullptr ? unasked : *took;
    if (sockets_->is_spent() && !close_longest_idle()) sockets_->shed();
    counted_socket counted(*sockets_);
    auto dialled = co_await dial(where, of, until, slot, times);
    if (slot.interrupted()) co_return fault::self(fault_code::client_gone, "the client went away");
    if (!dialled) {
        ++of.failed;
        if (limit.expired()) {
            co_return fault::upstream(fault_code::upstream_connect_timeout, retry_advice::same,
                                      "No connection to the upstream could be made in time.",
                                      "Nothing within timeouts.connect, or connect_timeout_ms of the row: check that " +
                                          where.host_header + " is reachable from this machine.");
        }
        co_return dialled.error();
    }
    auto opened = std::make_unique<connection>(std::move(*dialled), answer_header_limit);
    opened->generation = generation;
    opened->counted = std::move(counted);
    opened->stream->resume();
    opened->buffer = buffers_.lend();
    ++of.in_use;
    ++of.opened;
    lease ready(*this, where.pool_key, std::move(opened));
    co_return std::move(ready);
}

boost::asio::awaitable<result<std::unique_ptr<net::byte_stream>>> pool::dial(const catalog::endpoint& where, host& of,
                                                                             steady::time_point until,
                                                                             net::interrupt_slot& slot,
                                                                             dial_times& took) {
    const auto began = steady::now();
    auto resolved = co_await resolver_.resolve(where.host, slot);
    took.resolve_us = us_between(began, steady::now());
    if (!resolved) co_return resolved.error();
    auto failure =
        fault::upstream(fault_code::upstream_unreachable, retry_advice::same, "The upstream cannot be reached.");
    const auto count = resolved->size();
    for (std::size_t tried = 0; tried < count; ++tried) {
        const auto now = steady::now();
        if (slot.interrupted() || now >= until) break;
        // One address that swallows packets must leave time for the others.
        net::deadline share(wheel_);
        share.on_expiry([&slot] { slot.poke(); });
        if (tried + 1 < count) share.arm(now + (until - now) / static_cast<int>(count - tried));
        const auto address = (*resolved)[of.first_address % count];
        auto dialled = co_await dial_one(where, address, of, slot, took);
        if (dialled) co_return std::move(*dialled);
        failure = dialled.error();
        // A client that left, or a shutdown, says nothing about the address.
        if (!slot.interrupted() && failure.source == fault_source::upstream) ++of.first_address;
    }
    co_return failure;
}

boost::asio::awaitable<result<std::unique_ptr<net::byte_stream>>> pool::dial_one(
    const catalog::endpoint& where, const boost::asio::ip::address& address, host& of, net::interrupt_slot& slot,
    dial_times& took) {
    const auto session = of.session;
    const auto began = steady::now();
    if (denied_.contains(address)) {
        co_return fault::upstream(fault_code::upstream_unreachable, retry_advice::next_candidate,
                                  "The upstream cannot be reached.",
                                  "The address " + address.to_string() + " of " + where.host_header +
                                      " lies in upstream.denied_networks; no connection was made.");
    }
    auto socket = net::plain_stream::open(core_, address);
    if (!socket) {
        close_idle();
        socket = net::plain_stream::open(core_, address);
    }
    if (!socket) {
        sockets_->shed();
        co_return fault::self(fault_code::overloaded,
                              "No connection to the upstream can be made now: try again shortly.",
                              "No socket: too many open files, or no memory. Raise the limit of open files.");
    }
    net::io_result connected;
    {
        const net::interrupt_slot::holder waiting(slot, *socket);
        connected = co_await socket->connect(address, where.port);
    }
    const auto has_connected = steady::now();
    took.connect_us = us_between(began, has_connected);
    if (connected.status != net::io_status::ok) {
        std::string reason = "no answer in time";
        if (connected.error != 0) reason = boost::system::system_category().message(connected.error);
        co_return fault::upstream(fault_code::upstream_unreachable, retry_advice::same,
                                  "The upstream cannot be reached.",
                                  where.host_header + " at " + address.to_string() + ": " + reason + ".");
    }
    if (!where.is_tls) co_return std::unique_ptr<net::byte_stream>(std::move(socket));
    auto wrapped = tls_->wrap(socket->release_socket(), where.sni, where.host, session);
    if (!wrapped) co_return wrapped.error();
    auto secured = std::move(*wrapped);
    std::optional<fault> refused;
    {
        const net::interrupt_slot::holder waiting(slot, *secured);
        refused = co_await secured->handshake();
    }
    took.tls_us = us_between(has_connected, steady::now());
    if (refused) co_return std::move(*refused);
    co_return std::unique_ptr<net::byte_stream>(std::move(secured));
}

void pool::give_back(const std::string& key, std::unique_ptr<connection> c, bool reusable) {
    auto& of = hosts_[key];
    --of.in_use;
    if (!reusable || c->generation != generation_ || !c->stream->is_open() ||
        of.idle.size() >= options_.idle_per_host) {
        // What the kernel still holds of a request nobody waits for need not be delivered.
        c->stream->close(!c->reader.body_done());
        return;
    }
    c->buffer = {};
    c->idle_since = steady::now();
    c->stream->resume();
    of.idle.push_back(std::move(c));
    if (!sweep_at_.armed()) sweep_at_.arm(steady::now() + sweep_interval);
}

// Without waiting: has the peer closed, or said something nobody asked for? On TLS a session ticket may have come.
bool pool::is_quiet(connection& c) {
    if (!c.stream->may_read()) return true;
    char byte;
    return c.stream->try_read(std::span(&byte, 1)).status == net::io_status::would_block;
}

void pool::sweep() {
    const auto oldest = steady::now() - options_.idle_timeout;
    bool any = false;
    for (auto& [key, of] : hosts_) {
        std::erase_if(of.idle, [oldest](const auto& c) { return c->idle_since < oldest || !is_quiet(*c); });
        any = any || !of.idle.empty();
    }
    if (any) sweep_at_.arm(steady::now() + sweep_interval);
}

void pool::reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls) {
    const bool is_stricter = tls || settings.denied_networks != options_.denied_networks;
    if (tls) tls_ = std::move(tls);
    denied_ = denied_networks(settings.denied_networks);
    options_ = settings;
    if (!is_stricter) return;
    ++generation_;
    close_idle();
    for (auto& [key, of] : hosts_) of.session = std::make_shared<net::tls_session_slot>();
}

bool pool::close_longest_idle() {
    host* longest = nullptr;
    // Each host's first is the one that has been idle for longest.
    for (auto& [key, of] : hosts_) {
        if (of.idle.empty()) continue;
        if (longest == nullptr || of.idle.front()->idle_since < longest->idle.front()->idle_since) longest = &of;
    }
    if (longest == nullptr) return false;
    longest->idle.erase(longest->idle.begin());
    return true;
}

void pool::close_idle() {
    for (auto& [key, of] : hosts_) of.idle.clear();
}

std::vector<pool_status> pool::status() const {
    std::vector<pool_status> all;
    for (const auto& [key, of] : hosts_) {
        all.push_back({key, of.idle.size(), of.in_use, of.opened, of.reused, of.failed});
    }
    return all;
}

}  // namespace ferry::upstream
