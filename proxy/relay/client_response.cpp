#include "relay/client_response.hpp"

#include <fmt/format.h>

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

void append(std::string& to, std::string_view name, std::string_view value) {
    to.append(name).append(": ").append(value).append("\r\n");
}

void append(std::string& to, std::string_view name, std::int64_t value) {
    const fmt::format_int digits(value);
    append(to, name, std::string_view(digits.data(), digits.size()));
}

std::string start_head(const exchange& x, int status, std::string_view content_type) {
    std::string head;
    head.reserve(640);
    const fmt::format_int digits(status);
    head.append("HTTP/1.1 ").append(digits.data(), digits.size()).append(" ").append(reason_phrase(status));
    head.append("\r\n");
    if (!content_type.empty()) append(head, "content-type", content_type);
    append_common_headers(x, head);
    if (!x.keep_alive) {
        head.append("connection: close\r\n");
    } else if (x.head.version == 10) {
        head.append("connection: keep-alive\r\n");
    }
    return head;
}

// Writes pieces and counts them; false when nobody is there to read.
asio::awaitable<bool> write_counted(exchange& x, std::span<iovec> pieces) {
    const auto patience = x.core.settings.client_patience;
    const auto written = co_await write_patiently(x.core.wheel, x.waiting, *x.client.stream, pieces, patience);
    x.bytes_out += written.io.bytes;
    if (written.io.bytes > 0) x.head_sent = true;
    if (written.io.status == net::io_status::ok) co_return true;
    // Part of it may be with the client: whatever came after that could not be read.
    x.keep_alive = false;
    x.cut = true;
    if (written.io.status == net::io_status::failed || written.stalled) x.gone = true;
    co_return false;
}

std::string error_headers(const fault& why, const openai::fault_answer& answer) {
    std::string extra;
    if (answer.retry_after_s) append(extra, "retry-after", *answer.retry_after_s);
    if (answer.retry_after_ms) append(extra, "retry-after-ms", *answer.retry_after_ms);
    if (answer.should_not_retry) append(extra, "x-should-retry", "false");
    if (!why.allow.empty()) append(extra, "allow", why.allow);
    if (answer.status == 401) append(extra, "www-authenticate", "Bearer");
    return extra;
}

}  // namespace

void append_common_headers(const exchange& x, std::string& head) {
    append(head, "date", http_date(wall_us() / 1'000'000));
    append(head, "x-request-id", x.client_request_id.empty() ? std::string_view(x.id_text) : x.client_request_id);
    append(head, "x-ferry-request-id", x.id_text);
    if (!x.upstream_request_id.empty()) append(head, "x-ferry-upstream-request-id", x.upstream_request_id);
    if (x.answered_by != nullptr) {
        append(head, "x-ferry-model-id", x.answered_by->id);
        append(head, "x-ferry-provider", x.answered_by->service->name);
    }
    if (x.tries > 0) append(head, "x-ferry-attempts", x.tries);
    if (x.pinned.models) append(head, "x-ferry-config-version", x.pinned.models->version());
    if (x.before_us >= 0) append(head, "x-ferry-overhead-us", x.before_us + x.after_us);
    head.append(x.upstream_limits);
}

asio::awaitable<void> send_whole(exchange& x, int status, std::string_view content_type,
                                 std::span<const std::string_view> pieces, std::string_view extra_headers) {
    std::size_t length = 0;
    for (const auto& one : pieces) length += one.size();
    auto head = start_head(x, status, content_type);
    head.append(extra_headers);
    append(head, "content-length", static_cast<std::int64_t>(length));
    head.append("\r\n");
    if (x.end.status == 0) x.end.status = status;
    std::vector<iovec> gather;
    gather.reserve(pieces.size() + 1);
    gather.push_back(net::piece(head));
    if (x.head.method != "HEAD") {
        for (const auto& one : pieces) gather.push_back(net::piece(one));
    }
    co_await write_counted(x, gather);
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
    head_.append(extra_headers);
    if (length) append(head_, "content-length", static_cast<std::int64_t>(*length));
    if (chunked_) head_.append("transfer-encoding: chunked\r\n");
    head_.append("\r\n");
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
    if (!head_.empty()) gather_.push_back(net::piece(head_));
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
    const bool sent = co_await write_counted(x_, gather_);
    head_.clear();
    co_return sent;
}

asio::awaitable<bool> send_continue(exchange& x) {
    iovec line = net::piece("HTTP/1.1 100 Continue\r\n\r\n");
    const auto sent = co_await write_counted(x, std::span(&line, 1));
    x.head_sent = false;
    co_return sent;
}

}  // namespace ferry::relay
