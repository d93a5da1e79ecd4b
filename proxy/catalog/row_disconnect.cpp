#include "catalog/row_disconnect.hpp"

#include <boost/json/parse.hpp>

#include "catalog/bad_row.hpp"

namespace ferry::catalog {

result<std::optional<bool>> parse_on_disconnect(std::string_view column) {
    if (column.empty()) return std::optional<bool>();
    boost::system::error_code error;
    const auto parsed = boost::json::parse({column.data(), column.size()}, error);
    if (error) return bad_row("capabilities is not JSON");
    const auto* object = parsed.if_object();
    const auto* said = object == nullptr ? nullptr : object->if_contains("on_disconnect");
    if (said == nullptr || said->is_null()) return std::optional<bool>();
    const auto* word = said->if_string();
    if (word != nullptr && *word == "drain") return std::optional<bool>(true);
    if (word != nullptr && *word == "cut") return std::optional<bool>(false);
    return bad_row(R"(capabilities has 'on_disconnect' that is neither "cut" nor "drain")");
}

}  // namespace ferry::catalog
