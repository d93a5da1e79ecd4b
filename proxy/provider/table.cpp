#include "provider/table.hpp"

#include <array>

#include "provider/generic.hpp"
#include "provider/words.hpp"

namespace ferry::provider {
namespace {

// One line for each service of its own; all other values mean the generic one.
constexpr std::array table = {&generic, &deepseek, &qwen};

}  // namespace

const provider& find_provider(std::string_view column_value) {
    const auto name = lower(trim(column_value));
    for (const auto* each : table) {
        if (each->name == name) return *each;
    }
    return generic;
}

std::span<const provider* const> known_providers() {
    return table;
}

}  // namespace ferry::provider
