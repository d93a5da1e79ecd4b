// Options that are lists: "a, b".
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"

namespace ferry::app {

// What stands between commas, without blanks around it; where nothing does, nothing is meant.
inline std::vector<std::string> names_between_commas(std::string_view list) {
    std::vector<std::string> names;
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        const auto name = trimmed(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
        if (!name.empty()) names.emplace_back(name);
    }
    return names;
}

}  // namespace ferry::app
