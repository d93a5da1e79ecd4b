// Answers to the client: heads, whole bodies, errors, chunked streams. Each goes out in as few writes as the kernel
// takes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "base/text_buffer.hpp"
#include "relay/exchange.hpp"

namespace ferry::relay {

inline constexpr std::string_view json_type = "application/json";

// A whole answer that is about to be written. Owned by who writes it; the pieces must outlive it.
// `pieces` are the body; a HEAD request gets the head alone. Sets x.end.status where it is 0.
class whole_answer {
public:
    whole_answer(exchange& x, int status, std::string_view content_type, std::span<const std::string_view> pieces,
                 std::string_view extra_headers);
    // False where the kernel did not take all of it at once: then co_await write_rest().
    bool write_now();
    boost::asio::awaitable<bool> write_rest();

private:
    exchange& x_;
    text_buffer head_;
    net::gather_list gather_;
    std::span<iovec> left_;
};

// Both steps of it.
boost::asio::awaitable<void> send_whole(exchange& x, int status, std::string_view content_type,
                                        std::span<const std::string_view> pieces, std::string_view extra_headers = {});

// The OpenAI error shape. `attempts_used`: Ferry has made all the tries it may.
boost::asio::awaitable<void> send_error(exchange& x, const fault& why, bool attempts_used = false);

// A body that is sent as it arrives. Owned by the relay of one answer.
// Framing: chunked; the given length where it is known; to a HTTP/1.0 client by closing the connection.
class response_stream {
public:
    response_stream(exchange& x, int status, std::string_view content_type, std::string_view extra_headers,
                    std::optional<std::uint64_t> length = std::nullopt);

    // Writes the pieces (with the head before the first of them), gathered; awaits the write: the back-pressure.
    // False: the client is gone or the wait was interrupted; close the connection.
    boost::asio::awaitable<bool> send(std::span<const std::string_view> pieces);
    // The same, and the end of the body in the same write.
    boost::asio::awaitable<bool> send_last(std::span<const std::string_view> pieces);

private:
    boost::asio::awaitable<bool> write(std::span<const std::string_view> pieces, bool last);

    exchange& x_;
    text_buffer head_;
    bool chunked_ = false;
    std::vector<iovec> gather_;
};

// Sends `100 Continue`.
boost::asio::awaitable<bool> send_continue(exchange& x);

}  // namespace ferry::relay
