// The head of an HTTP message, as views into the bytes it was read from. Plain data: no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ferry::net {

struct header_field {
    std::string_view name, value;
};

enum class body_framing { none, length, chunked, until_close };

// The head of a message. Its views point into the bytes given to http_reader::read_head and live as long as they do.
struct http_head {
    std::string_view method, target;  // of a request
    int status = 0;                   // of an answer
    int version = 11;                 // 10 or 11
    bool keep_alive = true;
    body_framing framing = body_framing::none;
    std::uint64_t content_length = 0;  // where framing is length
    std::vector<header_field> fields;
    std::optional<std::string_view> content_type, content_encoding;  // the first of each

    // As new, but for the room the vector has.
    void reset() {
        method = target = {};
        status = 0;
        version = 11;
        keep_alive = true;
        framing = body_framing::none;
        content_length = 0;
        fields.clear();
        content_type = content_encoding = std::nullopt;
    }

    // The first field of this name (ASCII case-insensitive), or nothing.
    std::optional<std::string_view> find(std::string_view name) const;
};

// The value of a Content-Type field without its parameters: "text/html" of "text/html; charset=utf-8".
std::string_view media_type(std::string_view content_type);

}  // namespace ferry::net
