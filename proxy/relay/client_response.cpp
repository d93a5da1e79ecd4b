#include "relay/client_response.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <ctime>

#include "openai/error_body.hpp"
#include "openai/fault_map.hpp"
#include "provider/provider.hpp"
#include "relay/patient_write.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

std::string_view reason_phrase(int status) {
    struct line {
        int status;
        std::string_view phrase;
    };
    static constexpr std::array<line, 25> lines = {{
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
        {422, "Unprocessable Content"},
    }};
    for (const auto& one : lines) {
        if (one.status == status) return one.phrase;
    }
    return "Unknown";
}

// IMF-fixdate (RFC 9110 section 5.6.7), formatted once a second per core.
std::string_view http_date(std::int64_t now_s) {
    static thread_local std::int64_t formatted_for = -1;
    static thread_local std::array<char, 32> text{};
    if (now_s != formatted_for) {
        const std::time_t seconds = now_s;
        std::tm parts{};
        ::gmtime_r(&seconds, &parts);
        std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        formatted_for = now_s;
    }
    return text.data();
}

// Another model answers than the one asked for; of a virtual name every member was asked for.
bool is_fallback(const exchange& x) {
    if (x.answered_by == nullptr || x.answered_by->model_name == x.route.model_name) return false;
    const auto* route = x.pinned.models->find_route(x.route.model_name);
    if (route == nullptr) return true;
    return std::none_of(route->members.begin(), route->members.end(), [&x](const catalog::route_member& member) {
        return member.model_name == x.answered_by->model_name;
    });
}

// Everything between the status line and the empty line but framing and content headers: Date, request ids, what
// Ferry says of the route, rate limits.
void add_common_headers(const exchange& x, text_buffer& head) {
    const std::string_view id = x.id_text();
    head.add("date: ").add(http_date((x.started_at_us + us_between(x.started, x.moment)) / 1'000'000));
    head.add("\r\nx-request-id: ").add(x.client_request_id.empty() ? id : x.client_request_id);
    head.add("\r\nx-ferry-request-id: ").add(id).add("\r\n");
    if (!x.upstream_request_id.empty()) {
        head.add("x-ferry-upstream-request-id: ").add(x.upstream_request_id).add("\r\n");
    }
    if (x.answered_by != nullptr) {
        head.add("x-ferry-model-id: ").add(x.answered_by->id);
        head.add("\r\nx-ferry-provider: ").add(x.answered_by->service->name).add("\r\n");
    }
    if (is_fallback(x)) head.add("x-ferry-fallback: ").add(x.answered_by->model_name).add("\r\n");
    if (x.tries > 0) head.add("x-ferry-attempts: ").add(x.tries).add("\r\n");
    if (x.adjusted.any()) head.add("x-ferry-adjusted: ").add(provider::names_of(x.adjusted)).add("\r\n");
    if (x.pinned.models) head.add("x-ferry-config-version: ").add(x.pinned.models->version()).add("\r\n");
    if (x.before_us >= 0) head.add("x-ferry-overhead-us: ").add(x.before_us + x.after_us).add("\r\n");
    head.add(x.upstream_limits).add(x.browser_headers);
}

text_buffer start_head(const exchange& x, int status, std::string_view content_type) {
    text_buffer head(704);
    head.add("HTTP/1.1 ").add(status).add(' ').add(reason_phrase(status)).add("\r\n");
    if (!content_type.empty()) head.add("content-type: ").add(content_type).add("\r\n");
    add_common_headers(x, head);
    return head;
}

// Only now, as it goes out: a drain may have begun while the head of a stream was held.
void end_head(const exchange& x, text_buffer& head) {
    if (!x.keep_alive) {
        head.add("connection: close\r\n");
    } else if (x.head.version == 10) {
        head.add("connection: keep-alive\r\n");
    }
    head.add("\r\n");
}

enum class write_step { done, blocked, failed };

// Counts what one write brought, and says how it goes on.
write_step note_write(exchange& x, const write_outcome& written, bool all_out) {
    x.bytes_out += written.io.bytes;
    if (written.io.bytes > 0) x.head_sent = true;
    const auto status = written.io.status;
    if (status == net::io_status::ok && all_out) return write_step::done;
    if (status == net::io_status::ok || status == net::io_status::would_block) return write_step::blocked;
    // Part of it may be with the client: whatever came after that could not be read.
    x.keep_alive = false;
    x.cut = true;
    if (status == net::io_status::failed || written.stalled) x.gone = true;
    return write_step::failed;
}

// What the kernel takes at once, which is nearly always all of it; the pieces are consumed in place.
write_step write_now(exchange& x, std::span<iovec>& pieces) {
    write_outcome written;
    written.io.status = net::io_status::interrupted;
    if (!x.waiting.interrupted()) written.io = x.client.stream->try_write(pieces);
    net::consume(pieces, written.io.bytes);
    return note_write(x, written, pieces.empty());
}

// The rest, as the client takes it; false when nobody is there to read.
asio::awaitable<bool> write_rest(exchange& x, std::span<iovec> pieces) {
    const auto patience = x.settings->client_patience;
    const auto before = steady::now();
    const auto written = co_await write_patiently(x.core.wheel, x.waiting, *x.client.stream, pieces, patience);
    x.write_us += us_between(before, steady::now());
    co_return note_write(x, written, true) == write_step::done;
}

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

whole_answer::whole_answer(exchange& x, int status, std::string_view content_type,
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

asio::awaitable<void> send_whole(exchange& x, int status, std::string_view content_type,
                                 std::span<const std::string_view> pieces, std::string_view extra_headers) {
    whole_answer answer(x, status, content_type, pieces, extra_headers);
    if (!answer.write_now()) co_await answer.write_rest();
}

asio::awaitable<void> send_error(exchange& x, const fault& why, bool attempts_used) {
    const auto answer = openai::map_fault(why, attempts_used);
    const auto body = openai::render_error(why);
    const auto extra = error_headers(why, answer);
    if (x.end.error_code.empty()) x.end.error_code = answer.code;
    const std::string_view piece = body;
    const std::span<const std::string_view> pieces(&piece, 1);
    co_await send_whole(x, answer.status, json_type, pieces, extra);
}

response_stream::response_stream(exchange& x, int status, std::string_view content_type, std::string_view extra_headers,
                                 std::optional<std::uint64_t> length)
    : x_(x) {
    // HTTP/1.0 knows no chunks: the end of the connection is the end of the body.
    if (!length && x.head.version == 10) x.keep_alive = false;
    chunked_ = !length && x.head.version != 10;
    head_ = start_head(x, status, content_type);
    head_.add(extra_headers);
    if (length) head_.add("content-length: ").add(*length).add("\r\n");
    if (chunked_) head_.add("transfer-encoding: chunked\r\n");
    if (x.end.status == 0) x.end.status = status;
}

asio::awaitable<bool> response_stream::send(std::span<const std::string_view> pieces) {
    return write(pieces, false);
}

asio::awaitable<bool> response_stream::send_last(std::span<const std::string_view> pieces) {
    return write(pieces, true);
}

asio::awaitable<bool> response_stream::write(std::span<const std::string_view> pieces, bool last) {
    std::size_t length = 0;
    for (const auto& one : pieces) length += one.size();
    std::array<char, 24> frame;
    gather_.clear();
    if (!head_.empty()) {
        end_head(x_, head_);
        gather_.push_back(net::piece(head_));
    }
    if (length > 0) {
        if (chunked_) {
            const auto* end = fmt::format_to_n(frame.data(), frame.size(), "{:x}\r\n", length).out;
            gather_.push_back({frame.data(), static_cast<std::size_t>(end - frame.data())});
        }
        for (const auto& one : pieces) gather_.push_back(net::piece(one));
        if (chunked_) gather_.push_back(net::piece(last ? "\r\n0\r\n\r\n" : "\r\n"));
    } else if (last && chunked_) {
        gather_.push_back(net::piece("0\r\n\r\n"));
    }
    if (gather_.empty()) co_return true;
    std::span<iovec> left(gather_);
    const auto step = write_now(x_, left);
    bool sent = step == write_step::done;
    if (step == write_step::blocked) sent = co_await write_rest(x_, left);
    // From here on nobody else is asked.
    if (!head_.empty()) x_.body.release();
    head_ = {};
    co_return sent;
}

asio::awaitable<bool> send_continue(exchange& x) {
    iovec line = net::piece("HTTP/1.1 100 Continue\r\n\r\n");
    std::span<iovec> left(&line, 1);
    const auto step = write_now(x, left);
    bool sent = step == write_step::done;
    if (step == write_step::blocked) sent = co_await write_rest(x, left);
    x.head_sent = false;
    co_return sent;
}

}  // namespace ferry::relay
