#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ferry::openai {

// The names of the top object's members, decoded, in order. `body` is JSON that was validated before; of other text
// what could be read is returned. For the few rows that add members of their own to a request.
std::vector<std::string> top_member_names(std::string_view body);

}  // namespace ferry::openai
