#include "relay/answer/stream.hpp"

#include "openai/error_body.hpp"
#include "relay/answer/answer_check.hpp"
#include "relay/answer/event_flow.hpp"
#include "relay/answer/response_stream.hpp"
#include "relay/answer/stream_metrics.hpp"
#include "relay/books/durability.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto done_is_held = milliseconds(250);
constexpr std::string_view stream_headers = "cache-control: no-cache\r\nx-accel-buffering: no\r\n";

usage::basis basis_of(stream_basis basis) {
    switch (basis) {
        case stream_basis::provider:
            return usage::basis::provider;
        case stream_basis::partial:
            return usage::basis::partial;
        case stream_basis::none:
            break;
    }
    return usage::basis::none;
}

void note_outcome(exchange& x, const stream_gate& gate, const std::optional<fault>& failed) {
    const auto outcome = gate.outcome();
    x.end.basis = basis_of(outcome.basis);
    x.end.finish_reason = outcome.finish_reason;
    if (outcome.usage) x.end.tokens = *outcome.usage;
    x.end.reason = usage::end_reason::done;
    if (failed) note_failure(x, *failed);
}

// The journal first, then the last bytes.
asio::awaitable<void> finish(exchange& x, attempt& from, event_flow& flow, response_stream& out,
                             std::optional<fault> failed) {
    if (x.end.status == 0) x.end.status = from.head().status;
    note_outcome(x, flow.gate(), failed);
    from.finish(x.end.error_code);
    if (settle(x)) co_await until_durable(x);
    if (failed) x.keep_alive = false;
    if (x.gone) x.cut = true;
    if (x.cut) co_return;
    if (x.stopping()) x.waiting.reset();
    co_await out.send_last(flow.pieces());
    if (!failed) from.release();
}

// What the end of the upstream's body, or a read that brought nothing, means for the stream. `failed` is for the books.
std::optional<fault> end_of_body(event_flow& flow, const attempt& from, const net::io_result& got) {
    const bool cut_by_upstream = got.status == net::io_status::eof || got.status == net::io_status::failed;
    if (from.body_done() || (got.status == net::io_status::eof && from.ends_with_connection())) {
        return flow.end(stream_end::clean);
    }
    auto why = from.why_no_bytes(got);
    if (cut_by_upstream && why.source == fault_source::upstream) return flow.end(stream_end::truncated);
    flow.add(openai::sse_error_event(why));
    return why;
}

// The head of a stream is held until the first event that carries something of the answer, so that a stream that fails
// before can still be asked of another candidate. Not longer than stream.keepalive, and not past 64 KiB.
class head_hold {
public:
    explicit head_hold(exchange& x) : x_(x), over_(x.core.wheel) {
        over_.on_expiry([&x] { x.waiting.poke(); });
    }

    bool is_over(const event_flow& flow) {
        if (x_.head_sent) return true;
        if (!flow.has_payload() && !over_.expired() && flow.size() <= most_held) return false;
        over_.cancel();
        return true;
    }
    // Its time is up although nothing may have come that could be sent.
    bool must_send(const event_flow& flow) const {
        return !flow.pieces().empty() || (over_.expired() && !x_.head_sent);
    }
    void begin_wait() {
        if (!over_.armed()) over_.arm(x_.started + x_.settings->relay.keepalive);
    }
    // The read was ended from here, by nothing else.
    bool ended_read(const attempt& from, const net::io_result& got) const {
        if (x_.head_sent || !over_.expired() || got.status != net::io_status::interrupted) return false;
        return !x_.gone && !x_.stopping() && !from.has_expired();
    }

private:
    static constexpr std::size_t most_held = 64u << 10;

    exchange& x_;
    net::deadline over_;
};

void note_progress(exchange& x, attempt& from, const event_flow& flow) {
    if (flow.has_payload() && !x.first_token) {
        x.first_token = steady::now();
        from.clock().on_payload();
    } else if (!flow.pieces().empty()) {
        from.clock().on_keepalive();
    }
}

}  // namespace

asio::awaitable<std::optional<fault>> relay_stream(exchange& x, attempt& from) {
    if (auto odd = check_answer_head(from.head(), true)) co_return odd;
    const auto secrets = secrets_of(from.to());
    gate_options options;
    options.client_asked_usage = x.request.asks_usage();
    options.service = from.to().service;
    options.secrets = secrets;
    event_flow flow(options);
    stream_metrics pace(x);
    const std::string type(from.head().content_type.value_or("text/event-stream"));
    x.after_us = us_between(from.last_read(), steady::now());
    response_stream out(x, from.head().status, type, stream_headers);
    head_hold hold(x);
    net::io_result got;
    std::optional<fault> failed;
    for (bool ended = false; !ended && !failed;) {
        failed = flow.take(from);
        note_progress(x, from, flow);
        if (x.first_token && !flow.pieces().empty()) pace.on_chunk(from.last_read());
        if (failed) break;
        if (from.body_done()) {
            failed = end_of_body(flow, from, got);
            break;
        }
        if (flow.gate().holding_done() && !from.clock().waking()) {
            from.clock().wake_reads_at(steady::now() + done_is_held);
        }
        if (!hold.is_over(flow)) {
            flow.hold();
            hold.begin_wait();
        } else {
            if (hold.must_send(flow) && !co_await out.send(flow.pieces())) {
                failed = from.why_no_bytes(got);
                break;
            }
            flow.written();
        }
        from.make_room();
        if (!from.clock().woken()) got = co_await from.read_more();
        if (!from.clock().woken() && got.status == net::io_status::ok) continue;
        if (hold.ended_read(from, got)) {
            from.resume();
            continue;
        }
        ended = true;
        if (from.clock().woken() && !x.gone && !x.stopping()) {
            // Usage may have come in this very moment.
            from.read_available();
            failed = flow.take(from);
            if (!failed) flow.release_done();
        } else {
            failed = end_of_body(flow, from, got);
        }
    }
    if (failed && !x.head_sent && !x.gone) {
        // Nothing has gone out: the client gets an HTTP error, and the books stay open for it.
        note_outcome(x, flow.gate(), failed);
        co_return failed;
    }
    co_await finish(x, from, flow, out, std::move(failed));
    co_return std::nullopt;
}

}  // namespace ferry::relay
