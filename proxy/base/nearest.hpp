#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ferry {

// The number of characters to insert, delete, replace or swap with their neighbour to turn `a` into `b`.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The name most like `wanted`, "" if none is like enough to be meant (a third of its letters, at least 1, may differ).
std::string_view nearest(std::string_view wanted, std::span<const std::string_view> names);

}  // namespace ferry
