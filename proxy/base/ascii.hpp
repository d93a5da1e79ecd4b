// Blanks, digits and letters of ASCII, whatever the locale says.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace ferry {

// What may stand around the parts of an HTTP header (RFC 9110 section 5.6.3).
constexpr bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

// What may stand around the tokens of JSON (RFC 8259 section 2).
inline constexpr std::string_view white_space = " \t\r\n";
constexpr bool is_white_space(char c) {
    return is_blank(c) || c == '\r' || c == '\n';
}

constexpr bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// At least one digit, and nothing else.
constexpr bool is_digits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

constexpr bool is_hex_digit(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return is_digit(c) || (lower >= 'a' && lower <= 'f');
}

// 0 to 15 of a hexadecimal digit in either case, -1 of anything else.
constexpr int hex_value(char c) {
    if (!is_hex_digit(c)) return -1;
    return is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10;
}

inline constexpr std::string_view hex_digits = "0123456789abcdef";

// Two digits.
inline void append_hex(std::string& out, unsigned char byte) {
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
}

constexpr char lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = lower_case(c);
    return lower;
}

// `text` without the characters at its two ends that are `unwanted`.
template <class Predicate>
constexpr std::string_view trimmed(std::string_view text, Predicate unwanted) {
    while (!text.empty() && unwanted(text.front())) text.remove_prefix(1);
    while (!text.empty() && unwanted(text.back())) text.remove_suffix(1);
    return text;
}

// Without spaces and tabs at its ends.
constexpr std::string_view trimmed(std::string_view text) {
    return trimmed(text, is_blank);
}

}  // namespace ferry
