// The column `capabilities` of ai_models, in which several parts of a row are written. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::catalog {

// Its members, by name; none of "" (for NULL), and of JSON that is no object. Refused: what is no JSON.
result<boost::json::object> parse_capabilities(std::string_view column);

}  // namespace ferry::catalog
