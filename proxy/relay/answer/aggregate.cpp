#include "relay/answer/aggregate.hpp"

#include "relay/answer/answer_check.hpp"
#include "relay/answer/body_end.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/estimate.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto usage_may_follow = milliseconds(250);  // after [DONE]

std::optional<fault> end(event_collector& all, const attempt& from, const net::io_result& got) {
    auto ended = end_of_body(from, got);
    return ended.why ? std::move(ended.why) : all.end(ended.how);
}

}  // namespace

aggregate::aggregate(request& x, attempt& from)
    : x_(x), from_(from), secrets_(secrets_of(from.to())), all_(gate_options_for(x, from, secrets_), x.said) {}

asio::awaitable<std::optional<fault>> aggregate::read_whole() {
    net::io_result got;
    for (;;) {
        if (auto failed = all_.take(from_)) co_return failed;
        end_long_drain(x_);
        if (!x_.answer_memory.cover(all_.size() + from_.held() + x_.said.held())) co_return answers_use_all_memory();
        if (x_.said.has_payload())
            from_.clock().on_payload();
        else if (all_.has_begun())
            from_.clock().on_keepalive();
        if (from_.body_done()) co_return all_.end(stream_end::clean);
        if (all_.is_done() && !from_.clock().waking()) from_.clock().wake_reads_at(steady::now() + usage_may_follow);
        from_.make_room();
        if (!from_.clock().woken()) got = co_await from_.read_more();
        if (!from_.clock().woken() && got.status == net::io_status::ok) continue;
        const bool goes_on = (!x_.gone || x_.reads_on) && !x_.stopping();
        if (!from_.clock().woken() || !goes_on) co_return end(all_, from_, got);
        from_.read_available();
        if (auto failed = all_.take(from_)) co_return failed;
        co_return all_.end(stream_end::clean);
    }
}

void aggregate::note_success() {
    x_.end.status = 200;
    x_.end.reason = usage::end_reason::done;
    note_finish(x_);
}

// Also of an answer that will not do: it was billed all the same.
void aggregate::note_usage() {
    relay::note_usage(x_, usage::basis::provider);
}

asio::awaitable<std::optional<fault>> aggregate::pump(answer_sink& sink) {
    if (auto odd = check_answer_head(from_.head(), true)) co_return odd;
    auto failed = co_await read_whole();
    note_usage();
    from_.note_refused(all_.refused());
    if (failed) co_return failed;
    // The document is written beside the parts it is made of.
    if (!x_.answer_memory.cover(2 * all_.size() + from_.held())) co_return answers_use_all_memory();
    document_ = all_.document();
    note_success();
    x_.moment = steady::now();
    x_.after_us = us_between(from_.last_read(), x_.moment);
    piece_list pieces;
    pieces.push_back(document_);
    sink.hold_whole(x_.end.status, json_type, std::move(pieces));
    co_return std::nullopt;
}

}  // namespace ferry::relay
