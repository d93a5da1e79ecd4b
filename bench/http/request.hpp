#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::bench {

enum class body_framing { none, length, chunked };

// One complete request as views into the connection's buffer. Valid until that buffer changes.
struct request {
    std::string_view head;  // raw, with its last blank line
    std::string_view method;
    std::string_view target;  // raw
    std::string_view path;    // target up to '?'
    std::string_view query;   // behind '?'
    std::string_view body;    // chunk framing removed; of one that was not held, what was kept of its beginning
    std::uint64_t body_size = 0;
    body_framing framing = body_framing::none;
    bool keep_alive = true;
    bool is_http10 = false;

    std::string_view header(std::string_view name) const;  // the first of that name (given in lower case), "" if none
};

}  // namespace ferry::bench
