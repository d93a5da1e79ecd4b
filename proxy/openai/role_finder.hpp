#pragma once

#include <string_view>
#include <vector>

#include "openai/chat_request.hpp"

namespace ferry::openai {

// The values, with their quotes, of those members `role` of messages that are `role` (a plain word, and spelled so).
// `body` is JSON that was validated before. Where the word does not stand in the body this costs one search for it.
// At most `roles_max`; of more none, since each takes many times the memory of its bytes in the body.
inline constexpr std::size_t roles_max = 4096;
std::vector<span> find_roles(std::string_view body, std::string_view role);

}  // namespace ferry::openai
