// The vocabulary of the form_scanner tests: a form in, what was read of it or the code of its fault out.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "openai/form_scanner.hpp"

namespace ferry::openai::testing {

// A part of a form whose boundary is "b". `more` stands behind its name, `lines` behind its Content-Disposition.
inline std::string part(std::string_view name, std::string_view value, std::string_view more = {},
                        std::string_view lines = {}) {
    std::string text = "--b\r\nContent-Disposition: form-data; name=\"";
    return text.append(name).append("\"").append(more).append("\r\n").append(lines).append("\r\n").append(value).append(
        "\r\n");
}

// One whose header lines are these, each with its CRLF.
inline std::string part_of(std::string_view lines, std::string_view value = "v") {
    return std::string("--b\r\n").append(lines).append("\r\n").append(value).append("\r\n");
}

inline std::string form(std::string_view parts) {
    return std::string(parts).append("--b--\r\n");
}

// `piece` bytes at a time; 0 means all at once.
inline result<form_request> scan_form(std::string_view body, std::size_t piece = 0, std::string_view boundary = "b",
                                      form_limits limits = {}) {
    form_scanner scanner(boundary, limits);
    if (piece == 0) piece = std::max<std::size_t>(body.size(), 1);
    for (std::size_t at = 0; at < body.size(); at += piece) {
        if (auto refused = scanner.feed(body.substr(at, piece))) return *refused;
    }
    return scanner.finish();
}

// The same request, or the same refusal.
inline bool is_same(const result<form_request>& a, const result<form_request>& b) {
    if (a && b) return *a == *b;
    return !a && !b && a.error().code == b.error().code && a.error().param == b.error().param &&
           a.error().message == b.error().message;
}

inline fault_code form_code(std::string_view body) {
    const auto scanned = scan_form(body);
    return scanned ? fault_code::internal_error : scanned.error().code;
}

// What it was refused for; "" if it was not.
inline std::string form_refusal(std::string_view body) {
    const auto scanned = scan_form(body);
    return scanned ? "" : scanned.error().message;
}

inline std::string_view text_of(std::string_view body, span where) {
    return body.substr(where.begin, where.end - where.begin);
}

}  // namespace ferry::openai::testing
