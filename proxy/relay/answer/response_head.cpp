#include "relay/answer/response_head.hpp"

#include <array>

#include "base/time_text.hpp"

namespace ferry::relay {

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

// Everything between the status line and the empty line but framing and content headers.
void add_common_headers(const http_exchange& x, text_buffer& head) {
    const std::string_view id = x.id_text();
    head.add("date: ").add(http_date((x.started_at_us + us_between(x.started, x.moment)) / 1'000'000));
    head.add("\r\nx-request-id: ").add(x.client_request_id.empty() ? id : x.client_request_id);
    head.add("\r\nx-ferry-request-id: ").add(id).add("\r\n");
    if (x.pinned.models) head.add("x-ferry-config-version: ").add(x.pinned.models->version()).add("\r\n");
    head.add(x.browser_headers);
}

}  // namespace

text_buffer start_head(const http_exchange& x, int status, std::string_view content_type) {
    text_buffer head(704);
    head.add("HTTP/1.1 ").add(status).add(' ').add(reason_phrase(status)).add("\r\n");
    if (!content_type.empty()) head.add("content-type: ").add(content_type).add("\r\n");
    add_common_headers(x, head);
    return head;
}

void end_head(const http_exchange& x, text_buffer& head) {
    if (!x.keep_alive) {
        head.add("connection: close\r\n");
    } else if (x.head.version == 10) {
        head.add("connection: keep-alive\r\n");
    }
    head.add("\r\n");
}

}  // namespace ferry::relay
