#pragma once

#include <optional>
#include <string_view>

#include "base/fault.hpp"
#include "openai/chat_reader.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {

struct scan_limits {
    int depth = 128;  // open objects and arrays at one time; at most json_depth_max
};

// Reads a chat request as it arrives, in pieces of any size: the same body gives the same answer however it is split.
// Validates all of it (RFC 8259, strict UTF-8; a byte order mark before it is passed over), refuses repeated routed
// members, members that a case-insensitive reader would take for one, and routed values out of range. Memory does not
// grow with the body.
// Owned by: the exchange. Lives on: a core. Allocates only for the values it captures (at most 4 KiB each).
class chat_scanner {
public:
    explicit chat_scanner(scan_limits limits = {});
    chat_scanner(const chat_scanner&) = delete;
    chat_scanner& operator=(const chat_scanner&) = delete;

    // The next piece of the body. A fault is final: answer it and read no further.
    // Errors: invalid_json, duplicate_field, invalid_id, invalid_parameter.
    std::optional<fault> feed(std::string_view piece);

    // To be called once, after the last piece and only if no feed failed. Errors: invalid_json where the body is cut.
    result<chat_request> finish();

private:
    std::optional<fault> scan(std::string_view piece);
    std::optional<fault> failure(std::string_view piece, std::size_t base);

    chat_reader reader_;
    json_scanner<chat_reader, true> scanner_;
    std::size_t mark_ = 0;  // bytes of a byte order mark that have come
    bool has_begun_ = false;
};

}  // namespace ferry::openai
