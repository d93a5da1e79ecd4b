// Connections that are made before anybody asks for them, so that nobody waits for their handshake.
#include <algorithm>

#include "net/executor.hpp"
#include "upstream/pool.hpp"

namespace ferry::upstream {

namespace asio = boost::asio;

namespace {
constexpr std::chrono::milliseconds first_pause{1000}, longest_pause{60'000};
}  // namespace

void spare_dialling::put_off() {
    pause = std::clamp(pause * 2, first_pause, longest_pause);
    next_at = steady::now() + pause;
}

// Where an idle connection may be missing, at an endpoint that is in use.
void pool::keep_warm(pooled_host& of) {
    auto& next = of.spare;
    if (!of.where.is_tls || next.is_under_way || !begin_ || are_spares_stopped_) return;
    if (of.idle.size() >= std::min(options_.warm_connections, options_.idle_per_host)) return;
    if (steady::now() < next.next_at || sockets_->is_spent()) return;
    // One is left for a request of another core.
    const auto most = most_sockets();
    if (most == 1 || !of.sockets->take(std::max<std::int64_t>(most - 1, 0))) return;
    next.is_under_way = true;
    next.slot.reset();
    ++of.users;
    begin_(make_spare(of));
}

asio::awaitable<void> pool::make_spare(pooled_host& of) {
    auto& next = of.spare;
    endpoint_socket place(of.sockets);
    // The request that took the one before is sent first.
    co_await net::end_of_turn();
    net::deadline limit(wheel_);
    limit.on_expiry([&next] { next.slot.poke(); });
    limit.arm(steady::now() + options_.connect);
    dial_times unasked;
    auto opened = co_await open(of, steady::now() + options_.connect, next.slot, unasked);
    --of.users;
    next.is_under_way = false;
    if (next.slot.interrupted()) co_return;
    if (!opened) {
        of.figures->failed.add();
        next.put_off();
        co_return;
    }
    if ((*opened)->generation != generation_) co_return;
    (*opened)->place = std::move(place);
    (*opened)->idle_since = steady::now();
    of.idle.push_back(std::move(*opened));
    of.figures->idle.set(of.idle.size());
    if (most_sockets() > 0) serve_waiting(of);
}

void pool::stop_spares() {
    are_spares_stopped_ = true;
    end_spares_under_way();
}

void pool::end_spares_under_way() {
    for (auto& [key, of] : hosts_) of.spare.slot.interrupt();
}

}  // namespace ferry::upstream
