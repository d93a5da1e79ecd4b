// What a row says of answers whose client has left. Pure.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>

#include "base/fault.hpp"

namespace ferry::catalog {

// Of the column `capabilities` the member `on_disconnect`: true for "drain", false for "cut", nothing where the row
// does not say. Refused: anything else.
result<std::optional<bool>> parse_on_disconnect(const boost::json::object& capabilities);

}  // namespace ferry::catalog
