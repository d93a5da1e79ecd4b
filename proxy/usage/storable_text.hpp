// Text that every store takes. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ferry::usage {

// The text with each NUL and each byte that is not valid UTF-8 replaced by U+FFFD: a client's odd user agent must not
// make the store refuse a row.
std::string storable_text(std::string_view text);

// The same for a column that may be NULL: an empty text is NULL.
std::optional<std::string> storable_or_null(std::string_view text);

}  // namespace ferry::usage
