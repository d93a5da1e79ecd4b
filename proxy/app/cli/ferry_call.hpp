// A request of a command to a running Ferry.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/config/settings.hpp"
#include "catalog/endpoint.hpp"
#include "net/http_reader.hpp"
#include "net/timer_wheel.hpp"
#include "upstream/dialer.hpp"
#include "upstream/name_lookup.hpp"

namespace ferry::app {

// Where a Ferry listens.
struct ferry_place {
    std::string name;            // for people: a URL, or unix:/path
    std::string unix_path;       // "" for TCP
    catalog::endpoint endpoint;  // of TCP
    std::string base;            // what stands before /v1, "" as a rule
};

// `url` (http, https, with or without /v1 at its end, or unix:/path), else the first of server.listen. Throws
// exit_with{2} after saying what is wrong.
ferry_place place_of(const settings& chosen, const std::optional<std::string>& url);

struct ferry_request {
    std::string path;  // below the base: "/v1/..."
    std::string key;   // "": none
    std::string body;  // JSON
    std::string method = "POST";
};

struct ferry_answer {
    int status = 0;  // 0: there was none
    bool is_stream = false;
    bool is_whole = false;
    std::string body;    // of what is no stream
    std::string failed;  // why there is no answer, for people; "" if there is one
};

// Owned by a command; lives on its event loop. One request.
class ferry_call {
public:
    // Takes a piece of an event stream.
    using sink = std::function<void(std::string_view)>;

    // Certificates are verified by upstream.ca_file unless `trusts_all`. Throws std::runtime_error: an unreadable one.
    ferry_call(boost::asio::io_context& core, net::timer_wheel& wheel, const settings& chosen, ferry_place where,
               bool trusts_all);
    ~ferry_call();
    ferry_call(const ferry_call&) = delete;
    ferry_call& operator=(const ferry_call&) = delete;

    // There is no limit to how long an answer may take: whoever waits may interrupt().
    boost::asio::awaitable<ferry_answer> ask(ferry_request request, sink events);
    void interrupt() { slot_.interrupt(); }

private:
    boost::asio::awaitable<bool> connect(ferry_answer& got);
    bool connect_unix(ferry_answer& got);
    boost::asio::awaitable<bool> read_more();
    boost::asio::awaitable<bool> read_head(ferry_answer& got);
    boost::asio::awaitable<void> read_body(ferry_answer& got, const sink& events);
    std::string head_of(const ferry_request& request) const;

    boost::asio::io_context& core_;
    const ferry_place where_;
    const bool trusts_all_;
    upstream::name_lookup lookup_;
    upstream::name_cache names_{lookup_};
    upstream::dialer dialer_;
    net::interrupt_slot slot_;
    net::deadline limit_;  // of making the connection
    std::unique_ptr<net::byte_stream> stream_;
    net::http_reader reader_;
    std::string buffer_;  // what was read and not decoded yet
};

}  // namespace ferry::app
