// The connections of a core: served, refused, closed for others.
#include <fmt/format.h>
#include <unistd.h>

#include "app/core.hpp"
#include "app/descriptor_plan.hpp"
#include "base/log.hpp"
#include "net/executor.hpp"

namespace ferry::app {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_told = 8;
constexpr std::int64_t spare_operators = 8;

void report_escaped(const std::string& what) {
    log_error("A connection was ended by an unexpected error: {}. Others are not affected; please report it.", what);
}

// Runs when a coroutine's frame is destroyed, whichever way it ended.
struct at_end {
    std::function<void()> action;
    ~at_end() { action(); }
};

}  // namespace

void core::spawn(asio::awaitable<void> work) {
    net::spawn(context_, std::move(work), report_escaped);
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
    spawn(run_session(std::move(stream), what, std::move(counted)));
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

asio::awaitable<void> core::run_listener(server::listener& which) {
    const at_end counted{[this] { ended(); }};
    co_await which.run();
}

asio::awaitable<void> core::run_spare(asio::awaitable<void> work) {
    const at_end counted{[this] { ended(); }};
    co_await std::move(work);
}

// The session lives in this coroutine's frame, from the first byte to the last.
asio::awaitable<void> core::run_session(std::unique_ptr<net::byte_stream> stream, purpose what,
                                        server::address_counts::entry counted) {
    const bool is_ops = what == purpose::ops;
    const at_end leaving{[this, is_ops] {
        (is_ops ? open_ops_ : counts_.open_connections).fetch_sub(1, std::memory_order_relaxed);
        ended();
    }};
    const auto context = session_context(is_ops);
    auto refused = reason_to_refuse(what, counted.number());
    server::session connection(context, std::move(stream), std::move(refused));
    co_await connection.run();
}

server::session_context core::session_context(bool is_ops) {
    return {services_, is_ops ? operators_ : clients_, limits_, cors_, proxies_, lists_,
            shedder_,  is_ops ? &ops_ : nullptr,       &inner_};
}

// A connection of this process to itself: no limit of connections is about it, and the certificate is for others.
void core::serve_inner(int fd, server::inner_caller caller) {
    auto stream = net::adopt_stream(context_, fd, nullptr);
    if (!stream) return;
    ++running_;
    spawn(run_inner(std::move(stream), std::move(caller)));
}

asio::awaitable<void> core::run_inner(std::unique_ptr<net::byte_stream> stream, server::inner_caller caller) {
    const at_end leaving{[this] { ended(); }};
    auto context = session_context(false);
    context.caller = &caller;
    std::optional<fault> welcome;
    server::session connection(context, std::move(stream), std::move(welcome));
    co_await connection.run();
}

asio::awaitable<void> core::run_probe(asio::awaitable<void> work) {
    const at_end leaving{[this] { ended(); }};
    co_await std::move(work);
}

void core::ended() {
    if (--running_ == 0 && finishing_) context_.stop();
}

}  // namespace ferry::app
