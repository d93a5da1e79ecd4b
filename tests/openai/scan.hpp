// The vocabulary of the chat_scanner tests: a body in, a request or the code of its fault out.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "openai/chat_scanner.hpp"

namespace ferry::openai::testing {

// `piece` bytes at a time; 0 means all at once.
inline result<chat_request> scan(std::string_view body, std::size_t piece = 0, scan_limits limits = {}) {
    chat_scanner scanner(limits);
    if (piece == 0) piece = std::max<std::size_t>(body.size(), 1);
    for (std::size_t at = 0; at < body.size(); at += piece) {
        if (auto refused = scanner.feed(body.substr(at, piece))) return *refused;
    }
    return scanner.finish();
}

inline fault_code code_of(std::string_view body) {
    const auto scanned = scan(body);
    return scanned ? fault_code::internal_error : scanned.error().code;
}

inline bool is_accepted(std::string_view body) {
    return scan(body).has_value();
}

inline std::string_view text_at(std::string_view body, span where) {
    return body.substr(where.begin, where.end - where.begin);
}

}  // namespace ferry::openai::testing
