#include "catalog/text_rules.hpp"

#include <algorithm>
#include <array>

#include "base/escape.hpp"
#include "openai/utf8.hpp"

namespace ferry::catalog {
namespace {

constexpr std::size_t max_name_bytes = 512;
constexpr std::size_t max_shown_bytes = 64;

bool is_control(char c) {
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}
bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

bool is_token_char(char c) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           marks.find(c) != std::string_view::npos;
}

bool is_utf8(std::string_view text) {
    openai::utf8_grammar grammar;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_good = grammar.is_inside() ? grammar.next(byte) : byte < 0x80 || grammar.begin(byte);
        if (!is_good) return false;
    }
    return !grammar.is_inside();
}

}  // namespace

std::optional<std::string> name_defect(std::string_view name) {
    if (name.empty()) return "is empty";
    if (name.size() > max_name_bytes) return "is longer than 512 bytes";
    if (std::any_of(name.begin(), name.end(), is_control)) return "holds a control byte";
    if (!is_utf8(name)) return "is not UTF-8";
    return std::nullopt;
}

bool is_token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token_char);
}

bool is_header_value(std::string_view value) {
    if (value.empty()) return true;
    if (is_blank(value.front()) || is_blank(value.back())) return false;
    return std::none_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; });
}

bool is_settable_header(std::string_view name) {
    static constexpr std::array<std::string_view, 14> reserved = {
        "accept", "accept-encoding", "connection", "content-encoding", "content-length",    "content-type", "expect",
        "host",   "keep-alive",      "te",         "trailer",          "transfer-encoding", "upgrade",      "via"};
    const std::string lower = lower_case(name);
    return std::find(reserved.begin(), reserved.end(), lower) == reserved.end() && !lower.starts_with("proxy-");
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

std::string printable(std::string_view text) {
    std::string shown;
    append_escaped(shown, text, max_shown_bytes);
    return shown;
}

}  // namespace ferry::catalog
