#include "app/core.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include "app/descriptor_plan.hpp"
#include "base/log.hpp"
#include "net/executor.hpp"

namespace ferry::app {

namespace asio = boost::asio;

namespace {

constexpr auto tick_interval = milliseconds(100);

std::shared_ptr<const relay::settings> relay_settings(const settings& from) {
    auto made = std::make_shared<relay::settings>();
    auto& to = *made;
    to.relay = from.relay;
    to.connect = from.upstream.connect;
    to.body_timeout = from.server.limits.body_timeout;
    to.client_patience = from.server.limits.keepalive_timeout;
    to.json_body_bytes = from.server.limits.json_body_bytes;
    to.json_depth = from.server.limits.json_depth;
    to.auth_required = from.server.auth_required;
    to.expose_upstream_limits = from.server.expose_upstream_limits;
    to.slow = from.log.slow;
    to.durable_power = from.usage.durability == usage::durability::power;
    return made;
}

constexpr std::size_t most_told = 8;
constexpr std::int64_t spare_operators = 8;
constexpr auto longest_turn = std::chrono::seconds(5);
constexpr auto last_call = milliseconds(500);
// Sockets and timers of a core are touched on its own thread; only posts come from others.
constexpr int one_thread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

void report_escaped(const std::string& what) {
    log_error("A connection was ended by an unexpected error: {}. Others are not affected; please report it.", what);
}

}  // namespace

core::core(unsigned index, const shared_parts& shared, usage::journal_writer& journal, core_hooks hooks)
    : index_(index),
      context_(one_thread),
      work_(asio::make_work_guard(context_)),
      wheel_(context_),
      pool_(context_, wheel_, buffers_, shared.lookup, shared.configuration.upstream),
      log_(shared.configuration.log, shared.access_lines),
      services_{context_, wheel_,  buffers_, pool_,    journal, log_, shared.bodies,
                counts_,  learned_, cooling_, {},       relay_settings(shared.configuration)},
      limits_(shared.configuration.server.limits),
      cors_(shared.configuration.server.cors_origins),
      proxies_(shared.configuration.server.trusted_proxies),
      tls_(shared.tls),
      hooks_(std::move(hooks)),
      addresses_(shared.addresses),
      tick_(wheel_),
      last_call_(wheel_) {
    pool_.share(shared.upstream_sockets);
    last_call_.on_expiry([this] { context_.stop(); });
    journal.set_post([this](std::function<void()> job) { net::post_to(context_, std::move(job)); });
    tick_.on_expiry([this] { tick(); });
}

core::~core() = default;

void core::tick() {
    log_.flush();
    auto pools = pool_.status();
    {
        const std::lock_guard lock(pools_mutex_);
        pools_.swap(pools);
    }
    last_tick_.store(steady::now(), std::memory_order_relaxed);
    tick_.arm(steady::now() + tick_interval);
}

void core::listen_for_clients(const net::listening_socket& on) {
    client_listeners_.push_back(
        std::make_unique<server::listener>(context_, wheel_, on, hooks_.place, hooks_.spare_descriptor));
}

void core::listen_for_ops(const std::vector<net::listening_socket>& on, server::ops_answers answers) {
    ops_ = std::move(answers);
    const auto take = [this](int fd) { serve_operator(fd); };
    for (const auto& one : on) {
        ops_listeners_.push_back(
            std::make_unique<server::listener>(context_, wheel_, one, take, hooks_.spare_descriptor));
    }
}

void core::start() {
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), ("core " + std::to_string(index_)).c_str());
        tick();
        for (auto* list : {&client_listeners_, &ops_listeners_}) {
            for (auto& one : *list) {
                ++running_;
                net::spawn(context_, run_listener(*one), report_escaped);
            }
        }
        context_.run();
        log_.flush();
    });
}

void core::publish(access::snapshot fresh) {
    net::post_to(context_, [this, current = std::move(fresh)] { services_.current = current; });
}

void core::reconfigure(std::shared_ptr<const settings> chosen, std::shared_ptr<const net::tls_server> tls,
                       std::shared_ptr<net::tls_client> providers) {
    net::post_to(context_, [this, chosen = std::move(chosen), tls = std::move(tls), providers = std::move(providers)] {
        services_.settings = relay_settings(*chosen);
        limits_ = chosen->server.limits;
        cors_ = server::cors_policy(chosen->server.cors_origins);
        proxies_ = server::trusted_proxies(chosen->server.trusted_proxies);
        tls_ = tls;
        log_.reconfigure(chosen->log);
        pool_.reconfigure(chosen->upstream, providers);
    });
}

bool core::is_alive() const {
    return steady::now() - last_tick_.load(std::memory_order_relaxed) < longest_turn;
}

void core::serve(int fd) {
    // Counted here, not when the session begins: the limit and the balance look at it for every accepted connection.
    counts_.open_connections.fetch_add(1, std::memory_order_relaxed);
    net::post_to(context_, [this, fd] { serve_stream(fd, purpose::client); });
}

void core::refuse(int fd) {
    counts_.open_connections.fetch_add(1, std::memory_order_relaxed);
    serve_stream(fd, purpose::refusal);
}

// Operators have descriptors of their own, and not more than those: idle ones make room for others.
void core::serve_operator(int fd) {
    const auto open = open_ops_.fetch_add(1, std::memory_order_relaxed);
    if (open >= most_operators - spare_operators && !operators_.close_oldest(server::idleness::kept, milliseconds(0))) {
        operators_.close_oldest(server::idleness::fresh, milliseconds(0));
    }
    if (open >= most_operators) {
        open_ops_.fetch_sub(1, std::memory_order_relaxed);
        ::close(fd);
        return;
    }
    serve_stream(fd, purpose::ops);
}

void core::close_idle(server::idleness what, milliseconds age) {
    net::post_to(context_, [this, what, age] { clients_.close_oldest(what, age); });
}

void core::close_idle_upstreams() {
    net::post_to(context_, [this] { pool_.close_idle(); });
}

void core::serve_stream(int fd, purpose what) {
    const bool is_ops = what == purpose::ops;
    auto stream = net::adopt_stream(context_, fd, is_ops ? nullptr : tls_.get());
    server::address_counts::entry counted;
    if (stream && !is_ops && limits_.connections_per_address > 0) {
        const auto address = stream->peer_address();
        if (address != "unix" && !proxies_.trusts_peer(address)) counted = addresses_.enter(address);
        // Those that are told so must not become many either.
        if (counted.number() > limits_.connections_per_address + most_told) stream.reset();
    }
    if (!stream || (is_ops && finishing_)) {
        (is_ops ? open_ops_ : counts_.open_connections).fetch_sub(1, std::memory_order_relaxed);
        return;
    }
    ++running_;
    auto connection = run_session(std::move(stream), what, std::move(counted));
    net::spawn(context_, std::move(connection), report_escaped);
}

std::optional<fault> core::reason_to_refuse(purpose what, std::size_t of_this_address) const {
    if (what == purpose::refusal) {
        return fault::self(fault_code::overloaded, "Too many connections are open. Try again in a moment.");
    }
    const auto most = limits_.connections_per_address;
    if (what == purpose::client && most > 0 && of_this_address > most) {
        return fault::self(fault_code::overloaded,
                           fmt::format("Your address has {} connections, which is as many as it may have. Close some, "
                                       "or send further requests over those.",
                                       most));
    }
    return std::nullopt;
}

namespace {

// Runs when a coroutine's frame is destroyed, whichever way it ended.
struct at_end {
    std::function<void()> action;
    ~at_end() { action(); }
};

}  // namespace

asio::awaitable<void> core::run_listener(server::listener& which) {
    const at_end counted{[this] { ended(); }};
    co_await which.run();
}

// The session lives in this coroutine's frame, from the first byte to the last.
asio::awaitable<void> core::run_session(std::unique_ptr<net::byte_stream> stream, purpose what,
                                        server::address_counts::entry counted) {
    const bool is_ops = what == purpose::ops;
    const at_end leaving{[this, is_ops] {
        (is_ops ? open_ops_ : counts_.open_connections).fetch_sub(1, std::memory_order_relaxed);
        ended();
    }};
    const server::session_context context{services_, is_ops ? operators_ : clients_, limits_, cors_,
                                          proxies_,  is_ops ? &ops_ : nullptr};
    auto refused = reason_to_refuse(what, counted.number());
    server::session connection(context, std::move(stream), std::move(refused));
    co_await connection.run();
}

void core::ended() {
    if (--running_ == 0 && finishing_) context_.stop();
}

std::future<void> core::run_here(std::function<void()> job) {
    const auto done = std::make_shared<std::promise<void>>();
    net::post_to(context_, [done, wanted = std::move(job)] {
        wanted();
        done->set_value();
    });
    return done->get_future();
}

std::future<void> core::stop_accepting(listeners which) {
    return run_here([this, which] {
        for (auto& one : client_listeners_) one->stop();
        if (which == listeners::all) {
            for (auto& one : ops_listeners_) one->stop();
        }
    });
}

std::future<void> core::begin_drain(listeners which, milliseconds patience) {
    return run_here([this, which, patience] {
        services_.phase = relay::run_phase::draining;
        clients_.drain(patience);
        if (which == listeners::all) operators_.drain(patience);
    });
}

void core::stop_exchanges() {
    net::post_to(context_, [this] {
        services_.phase = relay::run_phase::stopping;
        clients_.stop();
    });
}

void core::finish() {
    net::post_to(context_, [this] {
        for (auto& one : client_listeners_) one->stop();
        for (auto& one : ops_listeners_) one->stop();
        clients_.stop();
        operators_.stop();
        pool_.close_idle();
        // The coroutines that were just woken have a moment to leave.
        finishing_ = true;
        last_call_.arm(steady::now() + last_call);
        if (running_ == 0) context_.stop();
    });
}

std::vector<upstream::pool_status> core::pools() const {
    const std::lock_guard lock(pools_mutex_);
    return pools_;
}

void core::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace ferry::app
