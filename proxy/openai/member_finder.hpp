#pragma once

#include <optional>
#include <string_view>

#include "openai/chat_request.hpp"

namespace ferry::openai {

// Where the member `name` (decoded) of the top object stands; of several the last. `body` is JSON that was validated
// before. One pass over the body: for the rare request that has to be changed in a member Ferry does not read.
std::optional<member_span> find_member(std::string_view body, std::string_view name);

}  // namespace ferry::openai
