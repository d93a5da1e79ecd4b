#include "app/core.hpp"

#include <pthread.h>

#include <algorithm>

#include "app/free_memory.hpp"
#include "base/log.hpp"
#include "net/accept_pace.hpp"
#include "net/executor.hpp"

namespace ferry::app {

namespace asio = boost::asio;

namespace {

constexpr auto tick_interval = milliseconds(100);

std::shared_ptr<const relay::settings> relay_settings(const settings& from) {
    auto made = std::make_shared<relay::settings>();
    auto& to = *made;
    to.relay = from.relay;
    to.conversations = from.conversations;
    to.connect = from.upstream.connect;
    to.body_timeout = from.server.limits.body_timeout;
    to.client_patience = from.server.limits.write_timeout;
    to.json_body_bytes = from.server.limits.json_body_bytes;
    to.multipart_body_bytes = from.server.limits.multipart_body_bytes;
    to.spool_dir = from.server.limits.spool_dir;
    to.json_depth = from.server.limits.json_depth;
    to.auth_required = from.server.auth_required;
    to.expose_upstream_limits = from.server.expose_upstream_limits;
    to.slow = from.log.slow;
    to.estimates = from.usage.estimate;
    to.durable_power = from.usage.durability == usage::durability::power;
    return made;
}

constexpr auto longest_lag = milliseconds(100);
constexpr auto lag_silence = std::chrono::seconds(10);
constexpr int ticks_until_quiet = 10;
constexpr auto longest_turn = std::chrono::seconds(5);
constexpr auto last_call = milliseconds(500);
// Sockets and timers of a core are touched on its own thread; only posts come from others.
constexpr int one_thread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO;

}  // namespace

core::core(unsigned index, const shared_parts& shared, usage::journal_writer& journal, core_hooks hooks)
    : index_(index),
      context_(one_thread),
      work_(asio::make_work_guard(context_)),
      wheel_(context_),
      pool_(context_, wheel_, buffers_, shared.names, shared.configuration.upstream),
      log_(shared.configuration.log, shared.access_lines),
      services_{context_,
                wheel_,
                buffers_,
                pool_,
                journal,
                log_,
                shared.bodies,
                shared.answers,
                shared.spools,
                counts_,
                learned_,
                shared.breakers,
                shared.delays,
                shared.repetitions,
                shared.hedges,
                shared.owners,
                shared.speeds,
                shared.slots,
                shared.remembered,
                shared.archive,
                shared.limiter,
                shared.sizes,
                shared.budgets,
                shared.calibrations,
                {},
                relay_settings(shared.configuration)},
      probes_(services_,
              [this](asio::awaitable<void> work) {
                  ++running_;
                  spawn(run_probe(std::move(work)));
              }),
      limits_(shared.configuration.server.limits),
      cors_(shared.configuration.server.cors_origins),
      proxies_(shared.configuration.server.trusted_proxies),
      tls_(shared.tls),
      shedder_(context_, index, counts_),
      inner_([this](int fd, server::inner_caller caller) { serve_inner(fd, std::move(caller)); }),
      hooks_(std::move(hooks)),
      addresses_(shared.addresses),
      tick_(wheel_),
      last_call_(wheel_) {
    pool_.share(shared.upstream_sockets);
    pool_.make_spares_by([this](asio::awaitable<void> work) {
        ++running_;
        spawn(run_spare(std::move(work)));
    });
    net::accept_one_a_turn(context_, tls_ != nullptr);
    shedder_.limit(shared.configuration.server.max_loop_lag);
    last_call_.on_expiry([this] { context_.stop(); });
    journal.set_post([this](std::function<void()> job) { net::post_to(context_, std::move(job)); });
    tick_.on_expiry([this] { tick(); });
}

core::~core() = default;

void core::tick() {
    log_.flush();
    rest_when_quiet();
    const auto now = steady::now();
    look_at_lag(now);
    shedder_.tick(now);
    last_tick_.store(now, std::memory_order_relaxed);
    if (index_ == 0) probes_.tick();  // circuits are of all cores: one looks
    tick_.arm(now + tick_interval);
}

// A turn that takes so long holds up everybody on this core.
void core::look_at_lag(steady::time_point now) {
    const auto late = now - last_tick_.load(std::memory_order_relaxed) - tick_interval;
    if (late < longest_lag || now - lag_told_ < lag_silence) return;
    lag_told_ = now;
    log_warn("Core {} did not come round for {} ms: something took its processor, or one piece of work was too long",
             index_, std::chrono::duration_cast<milliseconds>(late + tick_interval).count());
}

// Memory of a busy time goes back to the system once there has been nothing to do for a second.
void core::rest_when_quiet() {
    const auto requests = counts_.requests.load(std::memory_order_relaxed);
    const bool busy = requests != requests_seen_ || counts_.open_exchanges.load(std::memory_order_relaxed) > 0;
    requests_seen_ = requests;
    quiet_ticks_ = busy ? 0 : std::min(quiet_ticks_ + 1, ticks_until_quiet + 1);
    if (quiet_ticks_ != ticks_until_quiet) return;
    buffers_.drop_spares();
    give_free_memory_back();
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
        last_tick_.store(steady::now(), std::memory_order_relaxed);
        tick();
        for (auto* list : {&client_listeners_, &ops_listeners_}) {
            for (auto& one : *list) {
                ++running_;
                spawn(run_listener(*one));
            }
        }
        context_.run();
        log_.flush();
    });
}

void core::publish(access::snapshot fresh) {
    net::post_to(context_, [this, current = std::move(fresh)] {
        services_.current = current;
        catalog_version_.store(current.models->version(), std::memory_order_relaxed);
    });
}

void core::reconfigure(std::shared_ptr<const settings> chosen, std::shared_ptr<const net::tls_server> tls,
                       std::shared_ptr<net::tls_client> providers) {
    net::post_to(context_, [this, chosen = std::move(chosen), tls = std::move(tls), providers = std::move(providers)] {
        services_.settings = relay_settings(*chosen);
        limits_ = chosen->server.limits;
        shedder_.limit(chosen->server.max_loop_lag);
        cors_ = server::cors_policy(chosen->server.cors_origins);
        proxies_ = server::trusted_proxies(chosen->server.trusted_proxies);
        tls_ = tls;
        net::accept_one_a_turn(context_, tls != nullptr);
        log_.reconfigure(chosen->log);
        pool_.reconfigure(chosen->upstream, providers);
    });
}

bool core::is_alive() const {
    return steady::now() - last_tick_.load(std::memory_order_relaxed) < longest_turn;
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
        pool_.stop_spares();
        clients_.drain(patience);
        if (which == listeners::all) operators_.drain(patience);
    });
}

void core::stop_exchanges() {
    net::post_to(context_, [this] {
        services_.phase = relay::run_phase::stopping;
        probes_.stop();
        clients_.stop();
    });
}

void core::finish() {
    net::post_to(context_, [this] {
        for (auto& one : client_listeners_) one->stop();
        for (auto& one : ops_listeners_) one->stop();
        probes_.stop();
        clients_.stop();
        operators_.stop();
        pool_.stop_spares();
        pool_.close_idle();
        // The coroutines that were just woken have a moment to leave.
        finishing_ = true;
        last_call_.arm(steady::now() + last_call);
        if (running_ == 0) context_.stop();
    });
}

void core::join() {
    if (thread_.joinable()) thread_.join();
}

}  // namespace ferry::app
