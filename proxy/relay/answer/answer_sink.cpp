#include "relay/answer/answer_sink.hpp"

#include "openai/error_body.hpp"
#include "relay/answer/relay_headers.hpp"
#include "relay/answer/whole_answer.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t usual_headers = 320;

}  // namespace

void answer_sink::begin(int status, std::string_view content_type, std::string_view extra_headers,
                        std::optional<std::uint64_t> length) {
    if (x_.head_sent) return;
    text_buffer headers(usual_headers);
    add_relay_headers(x_, headers);
    headers.add(extra_headers);
    stream_.emplace(x_, status, content_type, headers, length);
}

asio::awaitable<bool> answer_sink::send(std::span<const std::string_view> pieces) {
    nobody_else_answers();
    return stream_->send(pieces);
}

asio::awaitable<bool> answer_sink::keep_alive() {
    static constexpr std::string_view comment = ": keep-alive\n\n";
    const std::span<const std::string_view> pieces(&comment, 1);
    return stream_->send(pieces);
}

void answer_sink::hold_whole(int status, std::string_view content_type, piece_list pieces,
                             std::string_view extra_headers) {
    let_body_go(x_);
    stream_.reset();
    status_ = status;
    type_ = content_type;
    headers_ = text_buffer(usual_headers);
    headers_.add(extra_headers);
    held_ = std::move(pieces);
}

void answer_sink::hold_text(int status, std::string json) {
    body_ = std::move(json);
    piece_list pieces;
    pieces.push_back(body_);
    hold_whole(status, json_type, std::move(pieces));
}

void answer_sink::hold_event(std::string event) {
    body_ = std::move(event);
    held_.clear();
    if (!body_.empty()) held_.push_back(body_);
}

void answer_sink::hold_error(const fault& why) {
    if (x_.head_sent) {
        // The head of a stream is out: the error is its only event.
        const bool is_typed = x_.operation.streams == openai::stream_kind::typed;
        hold_event(is_typed ? openai::typed_error_event(why, x_.said.next_sequence()) : openai::sse_error_event(why));
        x_.keep_alive = false;
        return;
    }
    auto error = make_error(x_, why, x_.attempts_used);
    body_ = std::move(error.body);
    piece_list pieces;
    pieces.push_back(body_);
    hold_whole(error.status, json_type, std::move(pieces), error.headers);
}

asio::awaitable<void> answer_sink::release() {
    if (x_.gone) x_.cut = true;
    if (x_.cut) co_return;
    // The interruption was understood: what is held is what there is to say.
    if (x_.stopping()) x_.waiting.reset();
    if (stream_) {
        co_await stream_->send_last(held_);
        co_return;
    }
    add_relay_headers(x_, headers_);
    whole_answer answer(x_, status_, type_, held_, headers_);
    if (!answer.write_now()) co_await answer.write_rest();
}

}  // namespace ferry::relay
