#include "catalog/row_disconnect.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "catalog/bad_row.hpp"

namespace ferry::catalog {

result<std::optional<bool>> parse_on_disconnect(const boost::json::object& capabilities) {
    const auto* said = capabilities.if_contains("on_disconnect");
    if (said == nullptr || said->is_null()) return std::optional<bool>();
    const auto* word = said->if_string();
    if (word != nullptr && *word == "drain") return std::optional<bool>(true);
    if (word != nullptr && *word == "cut") return std::optional<bool>(false);
    return bad_row(R"(capabilities has 'on_disconnect' that is neither "cut" nor "drain")");
}

}  // namespace ferry::catalog
