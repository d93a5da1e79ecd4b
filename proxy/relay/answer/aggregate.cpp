#include "relay/answer/aggregate.hpp"

#include "relay/answer/answer_check.hpp"
#include "relay/answer/event_collector.hpp"
#include "relay/answer/whole_answer.hpp"
#include "relay/books/durability.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto usage_may_follow = milliseconds(250);  // after [DONE]

// What a read that brought nothing means.
std::optional<fault> end_of_body(event_collector& all, const attempt& from, const net::io_result& got) {
    if (got.status == net::io_status::eof && from.ends_with_connection()) return all.end(stream_end::clean);
    auto why = from.why_no_bytes(got);
    const bool cut = got.status == net::io_status::eof || got.status == net::io_status::failed;
    if (cut && why.source == fault_source::upstream) return all.end(stream_end::truncated);
    return why;
}

asio::awaitable<std::optional<fault>> read_whole(exchange& x, attempt& from, event_collector& all) {
    net::io_result got;
    for (;;) {
        if (auto failed = all.take(from)) co_return failed;
        if (all.has_payload())
            from.clock().on_payload();
        else if (all.has_begun())
            from.clock().on_keepalive();
        if (from.body_done()) co_return all.end(stream_end::clean);
        if (all.is_done() && !from.clock().waking()) from.clock().wake_reads_at(steady::now() + usage_may_follow);
        from.make_room();
        if (!from.clock().woken()) got = co_await from.read_more();
        if (!from.clock().woken() && got.status == net::io_status::ok) continue;
        if (!from.clock().woken() || x.gone || x.stopping()) co_return end_of_body(all, from, got);
        from.read_available();
        if (auto failed = all.take(from)) co_return failed;
        co_return all.end(stream_end::clean);
    }
}

void note_success(exchange& x, const stream_outcome& outcome) {
    x.end.status = 200;
    x.end.reason = usage::end_reason::done;
    x.end.finish_reason = outcome.finish_reason;
    if (!outcome.usage) return;
    x.end.basis = usage::basis::provider;
    x.end.tokens = *outcome.usage;
}

}  // namespace

asio::awaitable<std::optional<fault>> relay_aggregate(exchange& x, attempt& from) {
    if (auto odd = check_answer_head(from.head(), true)) co_return odd;
    const auto secrets = secrets_of(from.to());
    gate_options options;
    options.service = from.to().service;
    options.secrets = secrets;
    event_collector all(options);
    auto failed = co_await read_whole(x, from, all);
    if (failed) co_return failed;
    const auto document = all.document();
    note_success(x, all.outcome());
    from.finish({});
    x.after_us = us_between(from.last_read(), x.moment);
    x.body.release();
    if (settle(x)) co_await until_durable(x);
    const std::string_view piece = document;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await send_whole(x, x.end.status, json_type, pieces);
    from.release();
    co_return std::nullopt;
}

}  // namespace ferry::relay
