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
      tls_(net::tls_settings{settings.tls_verify, settings.ca_file}),
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
        candidate->stream->unwatch();
        candidate->buffer = buffers_.lend();
        const std::span<char> probe(candidate->buffer.data(), candidate->buffer.size());
        // A close or stray bytes may have arrived in this very turn of the loop, before the watch could say so.
        if (candidate->stream->try_read(probe).status != net::io_status::would_block) continue;
        candidate->begin = candidate->end = 0;
        ++found->second.in_use;
        ++found->second.reused;
        return lease(*this, where.pool_key, std::move(candidate));
    }
    return {};
}

boost::asio::awaitable<result<lease>> pool::connect(const catalog::endpoint& where, steady::time_point until,
                                                    net::interrupt_slot& slot) {
    auto& of = hosts_[where.pool_key];
    net::deadline limit(wheel_);
    limit.on_expiry([&slot] { slot.poke(); });
    limit.arm(until);
    auto dialled = co_await dial(where, of, until, slot);
    if (slot.interrupted()) co_return fault::self(fault_code::client_gone, "the client went away");
    if (!dialled) {
        if (limit.expired()) {
            co_return fault::upstream(fault_code::upstream_connect_timeout, retry_advice::same,
                                      "No connection to the upstream within timeouts.connect. Check that api_endpoint "
                                      "is reachable from this machine.");
        }
        co_return dialled.error();
    }
    auto opened = std::make_unique<connection>(std::move(*dialled), answer_header_limit);
    opened->stream->resume();
    opened->buffer = buffers_.lend();
    ++of.in_use;
    ++of.opened;
    lease ready(*this, where.pool_key, std::move(opened));
    co_return std::move(ready);
}

boost::asio::awaitable<result<std::unique_ptr<net::byte_stream>>> pool::dial(const catalog::endpoint& where, host& of,
                                                                              steady::time_point until,
                                                                              net::interrupt_slot& slot) {
    auto resolved = co_await resolver_.resolve(where.host, slot);
    if (!resolved) co_return resolved.error();
    const auto session = of.session;
    auto failure = fault::upstream(fault_code::upstream_unreachable, retry_advice::same,
                                   "The upstream cannot be reached.");
    for (const auto& address : *resolved) {
        if (slot.interrupted() || steady::now() >= until) break;
        if (denied_.contains(address)) {
            failure = fault::upstream(fault_code::upstream_unreachable, retry_advice::next_candidate,
                                      "The upstream's address lies in upstream.denied_networks; no connection was made.");
            continue;
        }
        auto socket = net::plain_stream::open(core_, address);
        if (!socket) {
            failure = fault::self(fault_code::overloaded, "No socket for an upstream connection: too many open files.");
            continue;
        }
        net::io_result connected;
        {
            const net::interrupt_slot::holder waiting(slot, *socket);
            connected = co_await socket->connect(address, where.port);
        }
        if (connected.status != net::io_status::ok) {
            const auto reason = boost::system::system_category().message(connected.error);
            failure = fault::upstream(fault_code::upstream_unreachable, retry_advice::same,
                                      "The upstream cannot be reached (" + reason + ").");
            continue;
        }
        if (!where.is_tls) co_return std::unique_ptr<net::byte_stream>(std::move(socket));
        auto secured = tls_.wrap(socket->release_socket(), where.sni, where.host, session);
        std::optional<fault> refused;
        {
            const net::interrupt_slot::holder waiting(slot, *secured);
            refused = co_await secured->handshake();
        }
        if (!refused) co_return std::unique_ptr<net::byte_stream>(std::move(secured));
        failure = std::move(*refused);
    }
    co_return failure;
}

void pool::give_back(const std::string& key, std::unique_ptr<connection> c, bool reusable) {
    auto& of = hosts_[key];
    --of.in_use;
    if (!reusable || !c->stream->is_open() || of.idle.size() >= options_.idle_per_host) {
        c->stream->close();
        return;
    }
    c->buffer = {};
    c->used_before = true;
    c->idle_since = steady::now();
    const auto* which = c.get();
    c->stream->resume();
    c->stream->watch([this, key, which] { drop_idle(key, which); });
    of.idle.push_back(std::move(c));
    if (!sweep_at_.armed()) sweep_at_.arm(steady::now() + sweep_interval);
}

void pool::drop_idle(const std::string& key, const connection* which) {
    auto& idle = hosts_[key].idle;
    const auto found = std::find_if(idle.begin(), idle.end(), [which](const auto& c) { return c.get() == which; });
    if (found == idle.end()) return;
    if ((*found)->stream->native_handle() >= 0) {
        // On TLS a session ticket makes the socket readable although nothing was said.
        char byte;
        if ((*found)->stream->try_read(std::span(&byte, 1)).status == net::io_status::would_block) {
            (*found)->stream->watch([this, key, which] { drop_idle(key, which); });
            return;
        }
    }
    idle.erase(found);
}

void pool::sweep() {
    const auto oldest = steady::now() - options_.idle_timeout;
    bool any = false;
    for (auto& [key, of] : hosts_) {
        std::erase_if(of.idle, [oldest](const auto& c) { return c->idle_since < oldest; });
        any = any || !of.idle.empty();
    }
    if (any) sweep_at_.arm(steady::now() + sweep_interval);
}

void pool::close_idle() {
    for (auto& [key, of] : hosts_) of.idle.clear();
}

std::vector<pool_status> pool::status() const {
    std::vector<pool_status> all;
    for (const auto& [key, of] : hosts_) all.push_back({key, of.idle.size(), of.in_use, of.opened, of.reused});
    return all;
}

}  // namespace ferry::upstream
