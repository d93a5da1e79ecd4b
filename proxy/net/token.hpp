// Tokens (RFC 9110 section 5.6.2): methods, header names, options of lists. Compared without case.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace ferry::net {

inline constexpr auto token_table = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789")) table[static_cast<unsigned char>(c)] = true;
    for (std::size_t c = 'a'; c <= 'z'; ++c) table[c] = table[c - 'a' + 'A'] = true;
    return table;
}();

constexpr bool is_token_char(char c) {
    return token_table[static_cast<unsigned char>(c)];
}

constexpr bool is_token(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

// ASCII case-insensitive comparison of a header name or token.
bool same_token(std::string_view a, std::string_view b);

}  // namespace ferry::net
