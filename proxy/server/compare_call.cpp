#include "server/compare_call.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <span>
#include <utility>

#include "net/plain_stream.hpp"
#include "openai/event_facts.hpp"
#include "openai/json_walk.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/books/bill.hpp"
#include "usage/price.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

constexpr std::size_t header_limit = 65536, read_size = 32768;
constexpr std::size_t most_document = 16u << 20;

std::string no_answer() {
    return R"({"message":"The answer was cut short.","type":"upstream_error","param":null,)"
           R"("code":"upstream_stream_interrupted"})";
}

std::string too_large() {
    return R"({"message":"The answer is larger than 16 MiB: compare as a stream.","type":"upstream_error",)"
           R"("param":null,"code":"upstream_invalid_response"})";
}

}  // namespace

compare_call::compare_call(relay::services& core, std::shared_ptr<compare_board> board, compared_model model,
                           bool wants_stream, bool shows_usage)
    : core_(core),
      board_(std::move(board)),
      model_(std::move(model)),
      wants_stream_(wants_stream),
      shows_usage_(shows_usage),
      room_(core.context),
      reader_(net::http_reader::kind::response, header_limit) {}

int compare_call::open() {
    std::array<int, 2> pair{-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair.data()) != 0) return -1;
    stream_ = std::make_unique<net::plain_stream>(net::owned_socket(core_.context, pair[0], false));
    return pair[1];
}

void compare_call::give_up() {
    if (stream_) stream_->interrupt();
    room_.notify();
}

asio::awaitable<void> compare_call::run(std::string request) {
    const bool is_sent = co_await send(std::move(request));
    bool has_head = false;
    if (is_sent) has_head = co_await read_head();
    if (has_head) co_await read_body();
    if (stream_) stream_->close();
    finish();
}

asio::awaitable<bool> compare_call::send(std::string request) {
    std::array<iovec, 1> pieces = {net::piece(request)};
    const auto sent = co_await stream_->write_all(pieces);
    co_return sent.status == net::io_status::ok;
}

asio::awaitable<bool> compare_call::read_more() {
    const auto before = buffer_.size();
    buffer_.resize(before + read_size);
    const std::span<char> into(buffer_.data() + before, read_size);
    const auto got = co_await stream_->read_some(into);
    buffer_.resize(before + got.bytes);
    co_return got.status == net::io_status::ok;
}

asio::awaitable<bool> compare_call::read_head() {
    for (;;) {
        const auto progress = reader_.read_head(buffer_);
        if (!progress) co_return false;
        if (*progress == net::http_reader::progress::done) break;
        const bool is_there = co_await read_more();
        if (!is_there) co_return false;
    }
    const auto& head = reader_.head();
    summary_.request_id = head.find("x-ferry-request-id").value_or("");
    is_stream_ = relay::is_event_stream(head);
    has_failed_ = head.status != 200;
    const auto row_id = head.find("x-ferry-model-id").value_or("");
    std::int64_t id = 0;
    std::from_chars(row_id.data(), row_id.data() + row_id.size(), id);
    models_ = core_.current.models;
    if (const auto* row = models_->find_row(id); row != nullptr && row->price.is_known) {
        summary_.currency = row->currency;
        row_ = row;
    }
    buffer_.erase(0, reader_.head_size());
    co_return true;
}

asio::awaitable<void> compare_call::read_body() {
    for (;;) {
        piece_list payload;
        const auto consumed = reader_.read_body(buffer_, payload);
        if (!consumed) co_return;
        for (const auto piece : payload) take(piece);
        buffer_.erase(0, *consumed);
        if (reader_.body_done() || board_->is_over) co_return;
        if (board_->is_full()) co_await wait_for_room();
        const bool is_there = co_await read_more();
        if (!is_there) co_return;
    }
}

asio::awaitable<void> compare_call::wait_for_room() {
    board_->waiting.push_back(&room_);
    while (board_->is_full() && !board_->is_over) co_await room_.wait();
    std::erase(board_->waiting, &room_);
}

void compare_call::take(std::string_view payload) {
    text_ += payload;
    if (!is_stream_) {
        if (text_.size() <= most_document) return;
        has_failed_ = true;
        error_ = too_large();
        text_.clear();
        return;
    }
    std::string_view pending = text_;
    while (const auto event = scanner_.next(pending)) {
        take_event(*event);
        pending.remove_prefix(event->consumed);
    }
    text_.erase(0, text_.size() - pending.size());
}

void compare_call::take_event(const openai::sse_event& event) {
    if (event.is_comment_only()) {
        // A sign of life is one for the whole comparison.
        if (event.raw.starts_with(':')) board_->put(": keep-alive\n\n");
        return;
    }
    std::string joined;
    const auto data = openai::data_of(event, joined);
    if (data == "[DONE]")
        is_done_ = true;
    else
        take_chunk(data);
}

void compare_call::take_chunk(std::string_view json) {
    const auto facts = openai::inspect_event(json);
    if (facts.is_error) {
        error_ = error_in(json);
        return;
    }
    if (facts.has_payload && !summary_.first_token_us) summary_.first_token_us = us_between(began_, steady::now());
    learn(facts, json);
    if (!facts.is_usage_alone() || shows_usage_) board_->put(compare_chunk(model_, json));
}

// What a chunk or a whole answer says of usage and end.
void compare_call::learn(const openai::event_facts& facts, std::string_view answer) {
    if (!facts.finish_reason.empty()) summary_.finish_reason = facts.finish_reason;
    if (!facts.has_usage) return;
    summary_.tokens = facts.usage;
    openai::for_each_member(answer, [this](std::string_view key, std::string_view value) {
        if (key == "usage") summary_.usage = value;
    });
}

void compare_call::finish() {
    summary_.duration_us = us_between(began_, steady::now());
    if (!is_stream_ && !has_failed_ && !text_.empty()) learn(openai::inspect_event(text_), text_);
    if (row_ != nullptr && summary_.tokens) {
        summary_.cost_pico = usage::bill_of(relay::prices_on(*row_, *summary_.tokens), *summary_.tokens).total().pico;
    }
    const bool is_whole = is_stream_ ? is_done_ : !has_failed_ && reader_.body_done();
    if (error_.empty() && !is_whole) error_ = has_failed_ && !text_.empty() ? error_in(text_) : no_answer();
    if (wants_stream_) {
        if (!error_.empty()) board_->put(compare_error(model_, error_));
        board_->put(compare_end(model_, summary_));
    } else {
        const std::string_view completion = error_.empty() ? std::string_view(text_) : std::string_view();
        result_ = compare_result(model_, completion, error_, summary_);
    }
}

}  // namespace ferry::server
