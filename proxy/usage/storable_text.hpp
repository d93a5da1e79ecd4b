// Text that every store takes. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ferry::usage {

// `to` becomes the text with each NUL and each byte that is not valid UTF-8 replaced by U+FFFD: a client's odd user
// agent must not make the store refuse a row.
void put_storable(std::string_view text, std::string& to);

// The same for a column that may be NULL: an empty text is NULL.
void put_storable(std::string_view text, std::optional<std::string>& to);

}  // namespace ferry::usage
