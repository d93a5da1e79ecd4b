// Which operations a row says that it serves. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"

namespace ferry::catalog {

// Of the column `capabilities` the member `operations`: names of operations, or of groups of them ("images"). Nothing
// where the row does not say. Refused, by name: what is no list, or no operation.
result<std::optional<operation_set>> parse_operations(const boost::json::object& capabilities);

// Likewise `paths`: further paths below /v1 that the row serves ("/ocr"), sorted. Refused, by name: what is no list, no
// path, or the path of an operation.
result<std::vector<std::string>> parse_further_paths(const boost::json::object& capabilities);

}  // namespace ferry::catalog
