// JSON strings of messages that are kept or looked through, as the text they mean.
#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

namespace ferry::conversation {

inline constexpr std::size_t any_length = std::numeric_limits<std::size_t>::max();

// Appends the text of the string `spelled` (with its quotes), at most about `most` bytes of it, which may end within a
// character. Half a surrogate pair becomes U+FFFD. False where it is no string, or not all of it is valid: then the
// text ends where it went wrong.
bool append_decoded(std::string& out, std::string_view spelled, std::size_t most = any_length);

// The same as a new string; "" of any other value.
std::string decoded(std::string_view spelled);

// The name of a member whose key stands between its quotes as `key`. The view lives as long as both arguments.
std::string_view decoded_name(std::string_view key, std::string& buffer);

}  // namespace ferry::conversation
