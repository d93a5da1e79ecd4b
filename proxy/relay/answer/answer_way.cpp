#include "relay/answer/answer_way.hpp"

#include "openai/dialect.hpp"
#include "relay/answer/answer_check.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

answer_way way_by_label(const attempt& from) {
    return is_event_stream(from.head()) ? answer_way::events : answer_way::document;
}

}  // namespace

answer_way way_by_head(const request& x, const net::http_head& head) {
    using openai::answer_kind;
    if (x.operation.answer == answer_kind::file) return answer_way::download;
    const bool has_streams = x.operation.streams != openai::stream_kind::none;
    const bool is_any = x.operation.answer == answer_kind::any;
    if (has_streams && (x.asked.stream || is_any) && is_event_stream(head)) return answer_way::events;
    if (is_any) return is_document(head) ? answer_way::document : answer_way::download;
    return has_streams ? answer_way::unknown : answer_way::document;
}

result<answer_way> way_by_content(attempt& from) {
    openai::dialect_finder finder;
    if (auto failed = from.look_ahead(finder)) return std::move(*failed);
    const auto what = finder.found();
    if (what == openai::dialect::events) return answer_way::events;
    if (what == openai::dialect::document) return answer_way::document;
    const bool is_all = what == openai::dialect::other || from.has_all() || from.buffer_is_full();
    return is_all ? way_by_label(from) : answer_way::unknown;
}

asio::awaitable<result<answer_way>> read_until_known(attempt& from) {
    for (;;) {
        const auto got = co_await from.read_more();
        if (got.status == net::io_status::eof && from.ends_with_connection()) co_return way_by_label(from);
        if (got.status != net::io_status::ok) co_return from.why_no_bytes(got);
        from.clock().on_keepalive();
        auto found = way_by_content(from);
        if (!found || *found != answer_way::unknown) co_return found;
    }
}

}  // namespace ferry::relay
