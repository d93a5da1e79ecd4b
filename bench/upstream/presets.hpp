#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "upstream/action.hpp"

namespace ferry::bench {

// Actions that imitate a server whose figures were published; README.md in bench/ names the sources. Null if there is
// none of this name.
std::shared_ptr<const action> find_preset(std::string_view name);
// Lays it over `onto`. Throws std::invalid_argument that lists the names if there is none of this one.
void apply_preset(std::string_view name, action& onto);
std::string preset_names();  // "a, b, c"

}  // namespace ferry::bench
