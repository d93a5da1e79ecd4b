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
#include "net/tls.hpp"
#include "upstream/connection.hpp"
#include "upstream/denied_networks.hpp"
#include "upstream/options.hpp"
#include "upstream/resolver.hpp"

namespace ferry::upstream {

class pool;

// The right to use a connection. Move-only; owned by an attempt. Its end closes the connection, unless
// mark_reusable() was called after a complete answer: then it goes back to the pool.
class lease {
public:
    lease() = default;
    lease(pool& owner, std::string key, std::unique_ptr<connection> c)
        : pool_(&owner), key_(std::move(key)), connection_(std::move(c)) {}
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
    std::string key_;
    std::unique_ptr<connection> connection_;
    bool reusable_ = false;
};

struct pool_status {
    std::string key;
    std::size_t idle = 0, in_use = 0;
    std::uint64_t opened = 0, reused = 0, failed = 0;  // failed: connects
};

// Idle connections are last in, first out per endpoint, and never shared between endpoints. One that was closed, or on
// which bytes came that nobody asked for, is never lent: it is looked at when it is taken, and once a second while it
// lies idle (a standing watch would cost a system call per request). Owned by a core; lives on it.
class pool {
public:
    pool(boost::asio::io_context& core, net::timer_wheel& wheel, net::buffer_pool& buffers, name_lookup& lookup,
         const options& settings);
    ~pool();

    // An idle connection to the endpoint, looked at once more; an empty lease if there is none.
    lease take_idle(const catalog::endpoint& where);

    // Name, TCP and TLS, all before `until`. Faults: upstream_dns_error, upstream_unreachable, upstream_tls_error,
    // upstream_connect_timeout; client_gone when `slot` was interrupted. Fills `took`, if given, as far as it comes.
    // REQUIRES: `where` and `took` outlive the call.
    boost::asio::awaitable<result<lease>> connect(const catalog::endpoint& where, steady::time_point until,
                                                  net::interrupt_slot& slot, dial_times* took = nullptr);

    // Takes effect for the next connection. Those made under other rules of trust, for which `tls` is new, or with
    // other denied networks are not lent again. REQUIRES: the networks were checked.
    void reconfigure(const options& settings, std::shared_ptr<net::tls_client> tls);

    std::vector<pool_status> status() const;
    void close_idle();

    // Where sockets are counted, together with those of other pools. Before the first connection; it outlives the pool.
    void share(socket_budget& sockets) { sockets_ = &sockets; }

private:
    friend class lease;
    struct host {
        std::vector<std::unique_ptr<connection>> idle;
        std::shared_ptr<net::tls_session_slot> session = std::make_shared<net::tls_session_slot>();
        std::size_t in_use = 0;
        std::size_t first_address = 0;  // which of the name's addresses to try first: moves on when one fails
        std::uint64_t opened = 0, reused = 0, failed = 0;
    };
    void give_back(const std::string& key, std::unique_ptr<connection> c, bool reusable);
    static bool is_quiet(connection& c);
    bool close_longest_idle();
    void sweep();
    boost::asio::awaitable<result<std::unique_ptr<net::byte_stream>>> dial_one(const catalog::endpoint& where,
                                                                               const boost::asio::ip::address& address,
                                                                               host& of, net::interrupt_slot& slot,
                                                                               dial_times& took);
    boost::asio::awaitable<result<std::unique_ptr<net::byte_stream>>> dial(const catalog::endpoint& where, host& of,
                                                                           steady::time_point until,
                                                                           net::interrupt_slot& slot, dial_times& took);

    boost::asio::io_context& core_;
    net::timer_wheel& wheel_;
    net::buffer_pool& buffers_;
    options options_;
    denied_networks denied_;
    std::shared_ptr<net::tls_client> tls_;
    unsigned generation_ = 0;  // grows when connections made before may not be lent again
    resolver resolver_;
    std::unordered_map<std::string, host> hosts_;
    net::deadline sweep_at_;
    socket_budget own_sockets_;
    socket_budget* sockets_ = &own_sockets_;
};

}  // namespace ferry::upstream
