#pragma once

#include <span>
#include <string_view>

#include "provider/provider.hpp"

namespace ferry::provider {

// The provider for a value of the column `provider`, compared lower-cased and trimmed. Unknown values get the generic
// one. The reference is to static data.
const provider& find_provider(std::string_view column_value);

// All of them, the generic one first. Static.
std::span<const provider* const> known_providers();

}  // namespace ferry::provider
