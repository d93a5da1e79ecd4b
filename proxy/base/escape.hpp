// Text from outside made safe for one line of a log or a JSON document.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace ferry {

inline constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

// Appends `text` as the inside of a JSON string (RFC 8259 section 7), without the quotes. Control characters, C1 ones
// and U+2028/2029 included, become \uXXXX, so the outcome is also safe as a line on a terminal; each byte that is not
// UTF-8 becomes U+FFFD. Appends at most `limit` bytes and never half an escape or character.
void append_escaped(std::string& out, std::string_view text, std::size_t limit = no_limit);

// The same as a new text.
std::string escaped(std::string_view text, std::size_t limit = no_limit);

// Like append_escaped, for people: quotes and backslashes stay as they are.
void append_readable(std::string& out, std::string_view text);

// Whether append_escaped would append `text` as it is.
bool is_plain(std::string_view text);

}  // namespace ferry
