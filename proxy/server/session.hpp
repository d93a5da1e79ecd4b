// One client connection: reads heads, serves one request after the other, in order.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

#include "relay/exchange/client_link.hpp"
#include "relay/exchange/http_exchange.hpp"
#include "relay/exchange/services.hpp"
#include "server/cors.hpp"
#include "server/find_operation.hpp"
#include "server/inner_caller.hpp"
#include "server/load_shedder.hpp"
#include "server/model_lists.hpp"
#include "server/ops.hpp"
#include "server/options.hpp"
#include "server/session_registry.hpp"
#include "server/trusted_proxies.hpp"

namespace ferry::server {

// What the sessions of a core share besides the services. Owned by the core.
struct session_context {
    relay::services& services;
    session_registry& registry;
    const limits& bounds;
    const cors_policy& cors;
    const trusted_proxies& proxies;
    model_lists& lists;
    load_shedder& shedder;
    const ops_answers* ops = nullptr;      // set: this is the admin listener
    const inner_server* inner = nullptr;   // for requests that ask others of this process
    const inner_caller* caller = nullptr;  // set: this is such a request
};

// Owns its stream, its buffer and its exchange. Lives on one core, inside its own coroutine. Cancelled by the registry.
class session {
public:
    // `refused`: why its first request is answered with an error, whatever it is; not much time is given for it.
    session(const session_context& context, std::unique_ptr<net::byte_stream> stream, std::optional<fault> refused);
    ~session();
    session(const session&) = delete;
    session& operator=(const session&) = delete;

    // To the end of the connection.
    boost::asio::awaitable<void> run();

    void drain(std::chrono::milliseconds patience);
    void stop();
    // Others need the place of this one, which is idle.
    void make_room();

private:
    friend class session_registry;
    enum class head_state { ready, closed, refused };

    boost::asio::awaitable<bool> secure();
    boost::asio::awaitable<head_state> read_head();
    boost::asio::awaitable<void> serve_request();
    boost::asio::awaitable<void> serve_client();
    boost::asio::awaitable<void> relay_request(matched_operation found);
    boost::asio::awaitable<void> refuse_for_load(matched_operation found, fault why);
    boost::asio::awaitable<void> answer_here(result<matched_operation> found);
    void begin(relay::http_exchange& x);
    void end(relay::http_exchange& x);
    boost::asio::awaitable<void> answer(relay::http_exchange& x, result<matched_operation> found);
    boost::asio::awaitable<void> answer_preflight(relay::http_exchange& x, std::string allow);
    boost::asio::awaitable<void> refuse_head(const fault& why);
    boost::asio::awaitable<void> linger();
    void set_idle(bool idle);
    std::chrono::milliseconds time_for_head(std::chrono::milliseconds usual) const;

    session_context context_;
    relay::client_link link_;
    relay::http_exchange* current_ = nullptr;
    net::deadline limit_;  // of the handshake, of being idle, of a head
    const std::optional<fault> refused_;
    bool idle_ = true;       // waiting for a request's first byte
    bool unwanted_ = false;  // see make_room()
    bool keep_alive_ = true;
    bool cut_ = false;
    bool stopped_ = false;  // an operator's connection then ends without lingering: nothing waits for it
    session* next_ = nullptr;
    session* previous_ = nullptr;
    // Of the registry: where it stands among the idle ones.
    std::optional<idleness> idle_as_;
    steady::time_point idle_since_{};
    session* idle_before_ = nullptr;
    session* idle_behind_ = nullptr;
};

}  // namespace ferry::server
