#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace ferry::openai {

// For each of a few `names` whether the top object has a member of that name (decoded). `body` is JSON that was
// validated before. Takes no memory for the members it has. For the few rows that add members to a request.
std::vector<bool> present_members(std::string_view body, std::span<const std::string_view> names);

}  // namespace ferry::openai
