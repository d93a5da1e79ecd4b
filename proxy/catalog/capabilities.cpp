#include "catalog/capabilities.hpp"

#include <boost/json/parse.hpp>
#include <utility>

#include "catalog/bad_row.hpp"

namespace ferry::catalog {

result<boost::json::object> parse_capabilities(std::string_view column) {
    boost::json::object none;
    if (column.empty()) return none;
    boost::system::error_code error;
    auto parsed = boost::json::parse({column.data(), column.size()}, error);
    if (error) return bad_row("capabilities is not JSON");
    auto* object = parsed.if_object();
    return object == nullptr ? std::move(none) : std::move(*object);
}

}  // namespace ferry::catalog
