#include "relay/answer/stream.hpp"

#include "relay/answer/answer_check.hpp"
#include "relay/answer/body_end.hpp"
#include "relay/answer/rescue.hpp"
#include "relay/books/estimate.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto done_is_held = milliseconds(250);
constexpr auto usage_is_awaited = milliseconds(2000);  // of a client that has left

}  // namespace

event_stream::event_stream(request& x, attempt& from, seam* joint)
    : x_(x),
      from_(from),
      secrets_(secrets_of(from.to())),
      joint_(joint),
      flow_(gate_options_for(x, from, secrets_), x.said, joint),
      pace_(x),
      hold_(x, joint) {}

// What the end of the body, or a read that brought nothing, means for the stream. The fault is for the books.
std::optional<fault> event_stream::end_stream(const net::io_result& got) {
    auto ended = end_of_body(from_, got);
    if (!ended.why) return flow_.end(ended.how);
    flow_.add_error(*ended.why);
    return std::move(ended.why);
}

// Usage was waited for behind [DONE], and may have come in this very moment.
std::optional<fault> event_stream::end_after_done() {
    from_.read_available();
    auto failed = flow_.take(from_);
    if (!failed) failed = flow_.release_done();
    return failed;
}

void event_stream::note_progress() {
    if (flow_.has_payload() && !has_payload_) {
        has_payload_ = true;
        if (!x_.first_token) x_.first_token = steady::now();
        from_.clock().on_payload();
        if (may_be_rescued(x_)) from_.clock().limit_idle(x_.settings->relay.rescue_after);
    } else if (!flow_.pieces().empty()) {
        from_.clock().on_keepalive();
    }
    if (x_.first_token && !flow_.pieces().empty()) pace_.on_chunk(from_.last_read());
}

void event_stream::note_outcome() {
    x_.end.status = from_.head().status;
    x_.end.reason = usage::end_reason::done;
    x_.bill.basis = flow_.gate().basis();
    note_finish(x_);
    note_usage(x_, x_.bill.basis);
    from_.note_refused(flow_.gate().refused());
}

asio::awaitable<std::optional<fault>> event_stream::pump(answer_sink& sink) {
    if (auto odd = check_answer_head(from_.head(), true)) co_return odd;
    x_.after_us = us_between(from_.last_read(), steady::now());
    sink.begin(from_.head().status, stream_type(from_.head()), stream_headers);
    auto failed = co_await pass_on(sink);
    if (is_document_) co_return std::nullopt;
    // Who reads on without the client has waited for it.
    const bool may_wait = x_.gone && !x_.was_drained && !x_.stopping();
    if (may_wait && flow_.gate().awaits_usage()) co_await await_usage();
    hold_.end();
    const bool is_joining = joint_ != nullptr && !joint_->is_passed();
    if (failed && !is_joining && is_whole_but_for_its_end(x_, *failed)) {
        flow_.take_failure();
        flow_.end_as_whole();
        failed.reset();
    }
    note_outcome();
    if (failed && is_joining) {
        flow_.take_failure();
        co_return failed;
    }
    if (!failed || !may_go_on(x_, *failed)) {
        sink.hold_last(flow_.pieces());
        co_return failed;
    }
    auto why = std::move(*failed);
    failed = co_await break_off(sink, std::move(why));
    co_return failed;
}

// The client gets what there is, and the error only if nobody goes on with the answer.
asio::awaitable<std::optional<fault>> event_stream::break_off(answer_sink& sink, fault why) {
    auto error = flow_.take_failure();
    if (!flow_.pieces().empty()) co_await sink.send(flow_.pieces());
    flow_.written();
    sink.hold_event(std::move(error));
    co_return why;
}

asio::awaitable<std::optional<fault>> event_stream::pass_on(answer_sink& sink) {
    net::io_result got;
    for (;;) {
        if (!flow_.has_payload() && look_for_document()) co_return std::nullopt;
        auto failed = flow_.take(from_);
        note_progress();
        if (failed) co_return failed;
        end_long_drain(x_);
        if (!has_memory()) {
            auto full = answers_use_all_memory();
            flow_.add_error(full);
            co_return full;
        }
        if (from_.body_done()) co_return end_stream(got);
        if (flow_.gate().holding_done() && !from_.clock().waking()) {
            from_.clock().wake_reads_at(steady::now() + done_is_held);
        }
        const bool is_there = co_await give_out(sink);
        if (!is_there) co_return from_.why_no_bytes(got);
        from_.make_room();
        if (!from_.clock().woken()) got = co_await from_.read_more();
        if (!from_.clock().woken() && got.status == net::io_status::ok) continue;
        if (hold_.ended_read(from_, got)) {
            from_.resume();
            continue;
        }
        const bool goes_on = (!x_.gone || x_.reads_on) && !x_.stopping();
        if (from_.clock().woken() && goes_on) co_return end_after_done();
        co_return end_stream(got);
    }
}

// What the client has is kept only as long as there is memory for it.
bool event_stream::has_memory() {
    const auto is_covered = [this] { return x_.answer_memory.cover(flow_.held() + from_.held() + x_.said.held()); };
    if (is_covered()) return true;
    if (x_.said.given() == nullptr) return false;
    x_.said.given()->lose();
    return is_covered();
}

// A document that is labelled as a stream: seen at its first byte, while nothing but blanks was consumed.
bool event_stream::look_for_document() {
    if (is_decided_) return false;
    const bool failed = from_.look_ahead(beginning_).has_value();
    is_decided_ = failed || beginning_.found() != openai::dialect::undecided;
    is_document_ = !failed && beginning_.found() == openai::dialect::document;
    return is_document_;
}

// The client has left behind the last finish reason, and the usage is under way: it is worth a moment.
asio::awaitable<void> event_stream::await_usage() {
    x_.waiting.reset();
    from_.resume();
    from_.clock().wake_reads_at(steady::now() + usage_is_awaited);
    while (flow_.gate().awaits_usage() && !from_.body_done()) {
        flow_.written();
        from_.make_room();
        const auto got = co_await from_.read_more();
        if (got.status != net::io_status::ok) co_return;
        if (flow_.take(from_)) co_return;
    }
}

// What may go out now does, or is kept aside, so that the read buffer is free. False: the client is not there to read.
asio::awaitable<bool> event_stream::give_out(answer_sink& sink) {
    if (!hold_.is_over(flow_)) {
        flow_.hold();
        bool waits = true;
        if (hold_.is_due()) waits = co_await sink.keep_alive();
        hold_.begin_wait();
        co_return waits;
    }
    bool is_there = true;
    if (!flow_.pieces().empty()) is_there = co_await sink.send(flow_.pieces());
    flow_.written();
    co_return is_there;
}

}  // namespace ferry::relay
