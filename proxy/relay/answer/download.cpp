#include "relay/answer/download.hpp"

#include "relay/answer/answer_check.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

std::optional<fault> download::take() {
    pieces_.clear();
    auto failed = from_.decode(pieces_);
    for (const auto piece : pieces_) x_.said.learn_bytes(piece.size());
    if (!pieces_.empty()) from_.clock().on_payload();
    return failed;
}

void download::note_outcome() {
    x_.end.status = from_.head().status;
    x_.end.reason = usage::end_reason::done;
}

asio::awaitable<std::optional<fault>> download::pump(answer_sink& sink) {
    const bool may_be_a_page = x_.operation.answer == openai::answer_kind::file;
    if (auto odd = check_answer_head(from_.head(), may_be_a_page)) co_return odd;
    const auto line = disposition_line(from_.head());
    x_.after_us = us_between(from_.last_read(), steady::now());
    sink.begin(from_.head().status, plain_type(from_.head()), line, from_.body_length());
    auto failed = take();
    bool ended = x_.head.method == "HEAD";  // of which the rest is not wanted
    while (!failed && !ended && !from_.body_done()) {
        bool is_there = true;
        if (!pieces_.empty()) is_there = co_await sink.send(pieces_);
        if (!is_there) failed = from_.why_no_bytes({});
        from_.make_room();
        pieces_.clear();
        if (failed) break;
        const auto got = co_await from_.read_more();
        ended = got.status == net::io_status::eof && from_.ends_with_connection();
        if (got.status != net::io_status::ok && !ended) failed = from_.why_no_bytes(got);
        if (!failed) failed = take();
    }
    if (failed && !sink.has_begun()) co_return failed;
    note_outcome();
    if (failed) x_.cut = true;
    sink.hold_last(pieces_);
    co_return failed;
}

}  // namespace ferry::relay
