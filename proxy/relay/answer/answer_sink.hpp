// The client's side of an answer: its head, its pieces, and the last piece, which is held until it may go out.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "base/piece_list.hpp"
#include "base/text_buffer.hpp"
#include "relay/answer/response_stream.hpp"
#include "relay/books/estimate.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// No proxy on the way may keep an event.
inline constexpr std::string_view stream_headers = "cache-control: no-cache\r\nx-accel-buffering: no\r\n";

// What is held goes out with release(), after the books were settled: a client that has its whole answer has a usage
// row. Until something went out, another answer may take the place of this one. Owned by `handle`; lives on the
// request's core. REQUIRES: what the held pieces point to stays where it is until release() has returned.
class answer_sink {
public:
    explicit answer_sink(request& x) : x_(x) {}
    answer_sink(const answer_sink&) = delete;
    answer_sink& operator=(const answer_sink&) = delete;

    // A body that goes out as it comes. Nothing is written yet. See response_stream. Where the head of a stream went
    // out already, before the source of its content was changed, that head stands.
    void begin(int status, std::string_view content_type, std::string_view extra_headers,
               std::optional<std::uint64_t> length = std::nullopt);
    // Writes the pieces (with the head before the first of them), gathered; awaits the write: the back-pressure.
    // False: the client is gone or the wait was interrupted. REQUIRES: begin().
    boost::asio::awaitable<bool> send(std::span<const std::string_view> pieces);
    // A sign of life for who waits for a stream: the head and a comment. Another answer may still take its place.
    boost::asio::awaitable<bool> keep_alive();

    // The end of the body. REQUIRES: begin().
    void hold_last(const piece_list& pieces) { held_ = pieces; }
    // An answer that has not begun, as a whole.
    void hold_whole(int status, std::string_view content_type, piece_list pieces, std::string_view extra_headers = {});
    // The same, of Ferry's own: JSON.
    void hold_text(int status, std::string json);
    // The last event of a stream that has begun.
    void hold_event(std::string event);
    // The same: an error in place of an answer.
    void hold_error(const fault& why);

    // A piece of the answer went to the client: nobody else can answer any more.
    bool has_begun() const { return x_.content_sent; }

    // Writes what is held, unless the client is gone or the answer was cut.
    boost::asio::awaitable<void> release();

private:
    void nobody_else_answers() {
        if (!x_.content_sent) let_body_go(x_);
        x_.content_sent = true;
    }

    request& x_;
    std::optional<response_stream> stream_;
    int status_ = 0;  // of a whole answer
    std::string type_, body_;
    text_buffer headers_;
    piece_list held_;
};

}  // namespace ferry::relay
