// Upstream connections of one core: leased to attempts, kept alive between them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fault.hpp"
#include "catalog/endpoint.hpp"
#include "net/timer_wheel.hpp"
#include "upstream/connection.hpp"
#include "upstream/dialer.hpp"
#include "upstream/options.hpp"
#include "upstream/pool_figures.hpp"

namespace ferry::upstream {

class pool;

// When the next connection ahead of its use may be made. The pause doubles with each that fails, or ends unused.
struct spare_dialling {
    bool is_under_way = false;
    std::chrono::milliseconds pause{0};
    steady::time_point next_at{};
    net::interrupt_slot slot;

    void put_off();
    void served() { pause = {}, next_at = {}; }
};

// One endpoint of a pool. Owned by the pool; lives on its core.
struct pooled_host {
    pooled_host(const catalog::endpoint& to, std::shared_ptr<endpoint_figures> shown,
                std::shared_ptr<endpoint_sockets> counted)
        : where(to), figures(std::move(shown)), sockets(std::move(counted)) {}
    ~pooled_host() { sockets->part(*figures); }
    const catalog::endpoint where;
    std::vector<std::unique_ptr<connection>> idle;
    dial_memory memory;
    name_cache::answer known;  // the last that the name service said, and how often that was something new
    unsigned answers = 0;
    spare_dialling spare;
    std::size_t users = 0;  // leases, connects and waits under way: while there are any, the host stays where it is
    steady::time_point used_at{};
    const std::shared_ptr<endpoint_figures> figures;
    const std::shared_ptr<endpoint_sockets> sockets;
};

// The right to use a connection. Move-only; owned by an attempt. Its end closes the connection, unless
// mark_reusable() was called after a complete answer: then it goes back to the pool.
class lease {
public:
    lease() = default;
    lease(pool& owner, pooled_host& of, std::unique_ptr<connection> c)
        : pool_(&owner), host_(&of), connection_(std::move(c)) {}
    lease(lease&&) = default;
    lease& operator=(lease&& other) noexcept;
    ~lease() { release(); }

    connection* operator->() const { return connection_.get(); }
    explicit operator bool() const { return connection_ != nullptr; }
    // REQUIRES: the answer was read to its end, the peer keeps the connection alive, nothing lies unread.
    void mark_reusable() { reusable_ = true; }
    void release();

private:
    pool* pool_ = nullptr;
    pooled_host* host_ = nullptr;
    std::unique_ptr<connection> connection_;
    bool reusable_ = false;
};

// Idle connections are last in, first out per endpoint, and never shared between endpoints. One that was closed, or on
// which bytes came that nobody asked for, is never lent: it is looked at when it is taken, and once a second while it
// lies idle (a standing watch would cost a system call per request). Nor is one to an address that the endpoint's name
// does not have any more: names of connections are looked up again when their time is over. At a TLS endpoint that is
// in use there is an idle one ahead of who asks next. Owned by a core; lives on it.
class pool {
public:
    // Throws std::invalid_argument and std::runtime_error: settings that cannot be used.
    pool(boost::asio::io_context& core, net::timer_wheel& wheel, net::buffer_pool& buffers, name_cache& names,
         const options& settings);
    ~pool();

    // An idle connection to the endpoint, looked at once more; an empty lease if there is none.
    lease take_idle(const catalog::endpoint& where);

    // Name, TCP, proxy and TLS, all before `until`. Faults: upstream_dns_error, upstream_unreachable,
    // upstream_tls_error, upstream_connect_timeout, overloaded; client_gone when `slot` was interrupted. Fills `took`,
    // if given, as far as it comes. Where the endpoint has as many connections as it may, waits for one that another
    // request gives back, which may be what is lent then. REQUIRES: `took` outlives the call.
    boost::asio::awaitable<result<lease>> connect(const catalog::endpoint& where, steady::time_point until,
                                                  net::interrupt_slot& slot, dial_times* took = nullptr);
    // Whether it would wait for that; and what to tell who rather asks somebody else: overloaded, next_candidate.
    bool is_full(const catalog::endpoint& where);
    fault refuse(const catalog::endpoint& where);

    // Takes effect for the next connection. Those made under other rules of trust, for which `tls` is new, with other
    // denied networks or through another proxy are not lent again. REQUIRES: the settings were checked.
    void reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls);

    // Any thread.
    std::vector<pool_status> status() const { return figures_.read(); }
    void close_idle();

    // Where sockets are counted, together with those of other pools. Before the first connection; it outlives the pool.
    void share(socket_budget& sockets) { sockets_ = &sockets; }

    // What runs a coroutine that nobody waits for. Without it no connection is made ahead. Before the first connection.
    using starter = std::function<void(boost::asio::awaitable<void>)>;
    void make_spares_by(starter begin) { begin_ = std::move(begin); }
    // The process is about to end: those under way end now.
    void stop_spares();

private:
    friend class lease;
    pooled_host& host_of(const catalog::endpoint& where);
    pooled_host& meet(const catalog::endpoint& where);
    std::int64_t most_sockets() const { return static_cast<std::int64_t>(options_.max_connections_per_endpoint); }
    void give_back(pooled_host& of, std::unique_ptr<connection> c, bool reusable);
    lease lend(pooled_host& of, std::unique_ptr<connection> c);
    boost::asio::awaitable<result<std::unique_ptr<connection>>> open(pooled_host& of, steady::time_point until,
                                                                     net::interrupt_slot& slot, dial_times& took);
    bool take_place(pooled_host& of);
    struct turn;
    boost::asio::awaitable<result<turn>> await_turn(pooled_host& of, net::interrupt_slot& slot);
    bool hand_over(pooled_host& of, std::unique_ptr<connection>& c);
    void serve_waiting(pooled_host& of);
    fault full(const pooled_host& of) const;
    static void close_first_idle(pooled_host& of);
    static bool is_quiet(connection& c);
    void ask_name(pooled_host& of);
    static bool is_left_by_name(const pooled_host& of, connection& c);
    bool close_longest_idle();
    void keep_warm(pooled_host& of);
    boost::asio::awaitable<void> make_spare(pooled_host& of);
    void end_spares_under_way();
    void sweep_soon();
    void sweep();

    boost::asio::io_context& core_;
    net::timer_wheel& wheel_;
    net::buffer_pool& buffers_;
    options options_;
    dialer dialer_;
    starter begin_;
    bool are_spares_stopped_ = false;
    unsigned generation_ = 0;  // grows when connections made before may not be lent again
    pool_figures figures_;
    std::unordered_map<std::string, pooled_host> hosts_;
    net::deadline sweep_at_;
    socket_budget own_sockets_;
    socket_budget* sockets_ = &own_sockets_;
};

}  // namespace ferry::upstream
