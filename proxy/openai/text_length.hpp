#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::openai {

// The characters (Unicode code points) of a JSON string as it is spelled, quotes included; 0 of any other value. Half a
// surrogate pair counts as one. REQUIRES: valid JSON.
std::int64_t characters_of(std::string_view json_string);

}  // namespace ferry::openai
