// Writing small JSON by hand: strings only, everything else is copied from where it came.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry::openai {

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so the result is always
// valid.
void append_json_string(std::string& out, std::string_view text);

// The same as a new string.
std::string quote_json(std::string_view text);

}  // namespace ferry::openai
