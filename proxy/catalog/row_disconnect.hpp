// What a row says of answers whose client has left. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::catalog {

// Of the column `capabilities` (JSON, "" for NULL) the member `on_disconnect`: true for "drain", false for "cut",
// nothing where the row does not say. Refused: anything else.
result<std::optional<bool>> parse_on_disconnect(std::string_view column);

}  // namespace ferry::catalog
