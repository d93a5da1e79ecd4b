#include "provider/table.hpp"

#include <array>

#include "base/ascii.hpp"
#include "provider/generic.hpp"

namespace ferry::provider {
namespace {

// One line for each service of its own; all other values mean the generic one.
constexpr std::array table = {&generic, &deepseek, &qwen};

}  // namespace

const provider& find_provider(std::string_view column_value) {
    const auto name = lower_case(trimmed(column_value, is_white_space));
    for (const auto* each : table) {
        if (each->name == name) return *each;
    }
    return generic;
}

std::span<const provider* const> known_providers() {
    return table;
}

}  // namespace ferry::provider
