// What an upstream could repeat and nobody may see.
#pragma once

#include <string_view>
#include <vector>

#include "catalog/catalog.hpp"

namespace ferry::relay {

// The upstream's credentials, which no text for the client may repeat. Views into the row.
std::vector<std::string_view> secrets_of(const catalog::candidate& row);

}  // namespace ferry::relay
