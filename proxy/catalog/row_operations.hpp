// Which operations a row says that it serves. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"

namespace ferry::catalog {

// Of the column `capabilities` (JSON, "" for NULL) the member `operations`: names of operations, or of groups of them
// ("images"). Nothing where the row does not say. Refused, by name: what is no JSON, no list, or no operation.
result<std::optional<operation_set>> parse_operations(std::string_view column);

// Likewise `paths`: further paths below /v1 that the row serves ("/ocr"), sorted. Refused, by name: what is no list, no
// path, or the path of an operation.
result<std::vector<std::string>> parse_further_paths(std::string_view column);

}  // namespace ferry::catalog
