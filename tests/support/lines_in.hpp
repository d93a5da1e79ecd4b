#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace ferry::test {

inline std::size_t lines_in(std::string_view text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace ferry::test
