// One serving thread and everything it owns.
#pragma once

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "app/config/settings.hpp"
#include "base/access_log.hpp"
#include "net/acceptor.hpp"
#include "net/buffer_pool.hpp"
#include "net/timer_wheel.hpp"
#include "relay/books/counters.hpp"
#include "relay/exchange/circuits.hpp"
#include "relay/exchange/id_owners.hpp"
#include "relay/exchange/row_delays.hpp"
#include "relay/exchange/row_slots.hpp"
#include "relay/exchange/row_speeds.hpp"
#include "relay/exchange/services.hpp"
#include "relay/request/repair_memory.hpp"
#include "relay/tries/active_probes.hpp"
#include "relay/tries/hedge_budget.hpp"
#include "relay/tries/retry_budget.hpp"
#include "server/address_counts.hpp"
#include "server/listener.hpp"
#include "server/session.hpp"
#include "upstream/pool.hpp"

namespace ferry::app {

// What the cores share. Owned by the application; outlives them.
struct shared_parts {
    const settings& configuration;
    upstream::name_cache& names;
    relay::memory_budget& bodies;
    relay::memory_budget& answers;
    relay::memory_budget& spools;
    log_thread& access_lines;  // the access log's way to stdout
    server::address_counts& addresses;
    upstream::socket_budget& upstream_sockets;
    relay::circuits& breakers;
    relay::row_delays& delays;
    relay::retry_budget& repetitions;
    relay::hedge_budget& hedges;
    relay::id_owners& owners;
    relay::row_speeds& speeds;
    relay::row_slots& slots;
    conversation::memory& remembered;
    conversation::archive& archive;
    limits::limiter& limiter;
    limits::request_sizes& sizes;
    limits::budgets& budgets;
    usage::calibrations& calibrations;
    std::shared_ptr<const net::tls_server> tls;  // null: plain HTTP
};

// What a core asks of the application.
struct core_hooks {
    std::function<void(int fd)> place;       // where an accepted connection is to be served; owns it from then on
    std::function<void()> spare_descriptor;  // no descriptor is left: something idle is to be closed
};

// Whose connections: of clients alone, while operators are answered to the end, or of both.
enum class listeners { of_clients, all };

// A core owns its connections, pools and timers; nothing on the path is shared. Owned by the application. Its thread
// runs between start() and join(); the functions marked "any thread" post to it.
class core {
public:
    // `hooks` are called on this core.
    core(unsigned index, const shared_parts& shared, usage::journal_writer& journal, core_hooks hooks);
    ~core();
    core(const core&) = delete;
    core& operator=(const core&) = delete;

    // Before start().
    void listen_for_clients(const net::listening_socket& on);
    void listen_for_ops(const std::vector<net::listening_socket>& on, server::ops_answers answers);
    void start();

    // Any thread.
    void publish(access::snapshot fresh);
    // For the next request and the next connection. `providers`: how to trust them, null if that has not changed.
    void reconfigure(std::shared_ptr<const settings> chosen, std::shared_ptr<const net::tls_server> tls,
                     std::shared_ptr<net::tls_client> providers);
    void serve(int fd);
    // Closes the client connection that is idle in this way for longest; see session_registry.
    void close_idle(server::idleness what, milliseconds age);
    std::int64_t idle(server::idleness what) const { return clients_.idle(what); }
    void close_idle_upstreams();
    // Ready once every connection that was accepted is counted.
    std::future<void> stop_accepting(listeners which);
    // See session_registry::drain. Ready once it has begun.
    std::future<void> begin_drain(listeners which, milliseconds patience);
    void stop_exchanges();
    void finish();  // ends the event loop: nothing is served afterwards, the admin listener included
    void join();

    // Any thread.
    const relay::counters& counts() const { return counts_; }
    std::vector<upstream::pool_status> pools() const { return pool_.status(); }
    std::int64_t open_connections() const { return counts_.open_connections.load(std::memory_order_relaxed); }
    // Each core serves a change once it comes round: for a moment one is ahead of another.
    std::int64_t catalog_version() const { return catalog_version_.load(std::memory_order_relaxed); }
    std::int64_t open_ops() const { return open_ops_.load(std::memory_order_relaxed); }
    // Whether its loop has come round lately.
    bool is_alive() const;
    // After join(): whether every coroutine has ended. If not, their frames still point into this core, which may not
    // be destroyed then.
    bool is_empty() const { return running_ == 0; }

    // On this core. Whether there was one.
    bool close_idle_here(server::idleness what, milliseconds age) { return clients_.close_oldest(what, age); }
    // On this core: what it asks first is answered with an error.
    void refuse(int fd);

private:
    enum class purpose { client, refusal, ops };

    std::future<void> run_here(std::function<void()> job);
    void serve_stream(int fd, purpose what);
    void serve_operator(int fd);
    void serve_inner(int fd, server::inner_caller caller);
    boost::asio::awaitable<void> run_inner(std::unique_ptr<net::byte_stream> stream, server::inner_caller caller);
    server::session_context session_context(bool is_ops);
    std::optional<fault> reason_to_refuse(purpose what, std::size_t of_this_address) const;
    boost::asio::awaitable<void> run_listener(server::listener& which);
    boost::asio::awaitable<void> run_spare(boost::asio::awaitable<void> work);
    boost::asio::awaitable<void> run_session(std::unique_ptr<net::byte_stream> stream, purpose what,
                                             server::address_counts::entry counted);
    void spawn(boost::asio::awaitable<void> work);
    void ended();
    boost::asio::awaitable<void> run_probe(boost::asio::awaitable<void> work);
    void tick();
    void look_at_lag(steady::time_point now);
    void rest_when_quiet();

    unsigned index_;
    boost::asio::io_context context_;
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    net::timer_wheel wheel_;
    net::buffer_pool buffers_;
    upstream::pool pool_;
    access_log log_;
    relay::counters counts_;
    relay::repair_memory learned_;
    relay::services services_;
    relay::active_probes probes_;
    server::limits limits_;
    server::cors_policy cors_;
    server::trusted_proxies proxies_;
    std::shared_ptr<const net::tls_server> tls_;
    server::model_lists lists_;
    server::load_shedder shedder_;
    server::session_registry clients_, operators_;
    server::ops_answers ops_;
    const server::inner_server inner_;
    core_hooks hooks_;
    server::address_counts& addresses_;
    std::vector<std::unique_ptr<server::listener>> client_listeners_, ops_listeners_;
    std::atomic<steady::time_point> last_tick_{steady::now()};
    steady::time_point lag_told_{};
    std::uint64_t requests_seen_ = 0;
    int quiet_ticks_ = 0;
    std::atomic<std::int64_t> catalog_version_{-1};  // of what it serves; -1: nothing yet
    std::atomic<std::int64_t> open_ops_{0};          // connections to the admin listener
    int running_ = 0;                                // coroutines: listeners and sessions
    bool finishing_ = false;
    net::deadline tick_, last_call_;
    std::thread thread_;
};

}  // namespace ferry::app
