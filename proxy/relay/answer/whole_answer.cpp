#include "relay/answer/whole_answer.hpp"

#include "openai/error_body.hpp"
#include "openai/fault_map.hpp"
#include "relay/answer/response_head.hpp"
#include "relay/exchange/client_write.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

text_buffer error_headers(const fault& why, const openai::fault_answer& answer) {
    text_buffer extra;
    if (answer.retry_after_s) extra.add("retry-after: ").add(*answer.retry_after_s).add("\r\n");
    if (answer.retry_after_ms) extra.add("retry-after-ms: ").add(*answer.retry_after_ms).add("\r\n");
    if (answer.should_not_retry) extra.add("x-should-retry: false\r\n");
    if (!why.allow.empty()) extra.add("allow: ").add(why.allow).add("\r\n");
    if (answer.status == 401) extra.add("www-authenticate: Bearer\r\n");
    return extra;
}

}  // namespace

whole_answer::whole_answer(http_exchange& x, int status, std::string_view content_type,
                           std::span<const std::string_view> pieces, std::string_view extra_headers)
    : x_(x), head_(start_head(x, status, content_type)) {
    std::size_t length = 0;
    for (const auto& one : pieces) length += one.size();
    head_.add(extra_headers);
    if (status != 204) head_.add("content-length: ").add(length).add("\r\n");  // RFC 9110 section 8.6
    end_head(x, head_);
    if (x.end.status == 0) x.end.status = status;
    gather_.push_back(net::piece(head_));
    if (x.head.method != "HEAD") {
        for (const auto& one : pieces) gather_.push_back(net::piece(one));
    }
    left_ = gather_;
}

bool whole_answer::write_now() {
    return relay::write_now(x_, left_) != write_step::blocked;
}

asio::awaitable<bool> whole_answer::write_rest() {
    return relay::write_rest(x_, left_);
}

asio::awaitable<void> send_whole(http_exchange& x, int status, std::string_view content_type,
                                 std::span<const std::string_view> pieces, std::string_view extra_headers) {
    whole_answer answer(x, status, content_type, pieces, extra_headers);
    if (!answer.write_now()) co_await answer.write_rest();
}

error_document make_error(http_exchange& x, const fault& why, bool attempts_used) {
    const auto answer = openai::map_fault(why, attempts_used);
    if (x.end.error_code.empty()) x.end.error_code = answer.code;
    return {answer.status, openai::render_error(why), error_headers(why, answer)};
}

asio::awaitable<void> send_error(http_exchange& x, const fault& why) {
    const auto error = make_error(x, why, false);
    const std::string_view piece = error.body;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await send_whole(x, error.status, json_type, pieces, error.headers);
}

}  // namespace ferry::relay
