#include "relay/answer/response_stream.hpp"

#include <fmt/format.h>

#include <array>

#include "relay/answer/response_head.hpp"
#include "relay/exchange/client_write.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

response_stream::response_stream(http_exchange& x, int status, std::string_view content_type,
                                 std::string_view extra_headers, std::optional<std::uint64_t> length)
    : x_(x) {
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
    if (!length && x.head.version == 10) x.keep_alive = false;
    chunked_ = !length && x.head.version != 10;
    head_ = start_head(x, status, content_type);
    head_.add(extra_headers);
    if (length) head_.add("content-length: ").add(*length).add("\r\n");
    if (chunked_) head_.add("transfer-encoding: chunked\r\n");
    if (x.end.status == 0) x.end.status = status;
}

asio::awaitable<bool> response_stream::send(std::span<const std::string_view> pieces) {
    return write(pieces, false);
}

asio::awaitable<bool> response_stream::send_last(std::span<const std::string_view> pieces) {
    return write(pieces, true);
}

asio::awaitable<bool> response_stream::write(std::span<const std::string_view> pieces, bool last) {
    if (x_.reads_on) co_return true;
    std::size_t length = 0;
    for (const auto& one : pieces) length += one.size();
    std::array<char, 24> frame;
    gather_.clear();
    if (!head_.empty()) {
        end_head(x_, head_);
        gather_.push_back(net::piece(head_));
    }
    if (x_.head.method == "HEAD") length = 0, last = false;
    if (length > 0) {
        if (chunked_) {
            const auto* end = fmt::format_to_n(frame.data(), frame.size(), "{:x}\r\n", length).out;
            gather_.push_back({frame.data(), static_cast<std::size_t>(end - frame.data())});
        }
        for (const auto& one : pieces) gather_.push_back(net::piece(one));
        if (chunked_) gather_.push_back(net::piece(last ? "\r\n0\r\n\r\n" : "\r\n"));
    } else if (last && chunked_) {
        gather_.push_back(net::piece("0\r\n\r\n"));
    }
    if (gather_.empty()) co_return true;
    std::span<iovec> left(gather_);
    const auto step = write_now(x_, left);
    bool sent = step == write_step::done;
    if (step == write_step::blocked) sent = co_await write_rest(x_, left);
    head_ = {};
    if (!sent && x_.gone) sent = x_.goes_on_alone();
    co_return sent;
}

}  // namespace ferry::relay
