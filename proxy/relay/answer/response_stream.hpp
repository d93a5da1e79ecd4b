// An answer that goes out as it comes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/text_buffer.hpp"
#include "relay/exchange/http_exchange.hpp"

namespace ferry::relay {

// A body that is sent as it arrives. Owned by the relay of one answer.
// Framing: chunked; the given length where it is known; to a HTTP/1.0 client by closing the connection.
class response_stream {
public:
    response_stream(http_exchange& x, int status, std::string_view content_type, std::string_view extra_headers,
                    std::optional<std::uint64_t> length = std::nullopt);

    // Writes the pieces (with the head before the first of them), gathered; awaits the write: the back-pressure.
    // False: the client is gone or the wait was interrupted; close the connection. Where the answer is read on without
    // the client, they are dropped.
    boost::asio::awaitable<bool> send(std::span<const std::string_view> pieces);
    // The same, and the end of the body in the same write.
    boost::asio::awaitable<bool> send_last(std::span<const std::string_view> pieces);

private:
    boost::asio::awaitable<bool> write(std::span<const std::string_view> pieces, bool last);

    http_exchange& x_;
    text_buffer head_;
    bool chunked_ = false;
    std::vector<iovec> gather_;
};

}  // namespace ferry::relay
