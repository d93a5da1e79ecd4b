#include "relay/answer/first_content.hpp"

#include <algorithm>

#include "relay/answer/answer_check.hpp"
#include "relay/answer/answer_way.hpp"
#include "relay/answer/document.hpp"
#include "relay/answer/event_flow.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

bool is_blank(std::string_view piece) {
    return piece.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// The events are few, and are judged anew each time: who passes them on later begins with the first.
result<bool> has_content_event(const request& x, const attempt& from, const piece_list& payload) {
    const auto secrets = secrets_of(from.to());
    transcript said;
    event_flow flow(gate_options_for(x, from, secrets), said);
    if (auto failed = flow.take(payload)) return std::move(*failed);
    return flow.has_payload();
}

result<bool> has_content(const request& x, attempt& from) {
    piece_list payload;
    if (auto failed = from.look_ahead(payload)) return std::move(*failed);
    if (from.has_all() || from.buffer_is_full()) return true;
    result<answer_way> way = way_by_head(x, from.head());
    if (*way == answer_way::unknown) way = way_by_content(from);
    if (!way) return way.error();
    if (*way == answer_way::unknown) return false;
    if (*way == answer_way::events) return has_content_event(x, from, payload);
    return !std::all_of(payload.begin(), payload.end(), is_blank);
}

}  // namespace

asio::awaitable<std::optional<fault>> await_first_content(request& x, attempt& from) {
    const int status = from.head().status;
    if (status < 200 || status > 203) {
        auto why = co_await read_error(x, from);
        co_return std::move(why);
    }
    for (;;) {
        const auto found = has_content(x, from);
        if (!found) co_return found.error();
        if (*found) co_return std::nullopt;
        const auto got = co_await from.read_more();
        if (got.status == net::io_status::eof && from.ends_with_connection()) co_return std::nullopt;
        if (got.status != net::io_status::ok) co_return from.why_no_bytes(got);
    }
}

}  // namespace ferry::relay
