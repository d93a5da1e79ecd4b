#include "catalog/row_operations.hpp"

#include <boost/json/parse.hpp>
#include <string>
#include <vector>

#include "base/nearest.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::catalog {

namespace {

fault bad(std::string why) {
    return fault::self(fault_code::internal_error, "capabilities " + std::move(why));
}

bool is_named(const openai::operation& row, std::string_view name) {
    if (row.name == name) return true;
    return row.name.size() > name.size() && row.name.starts_with(name) && row.name[name.size()] == '.';
}

fault unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& row : openai::operations()) names.push_back(row.name);
    const auto meant = nearest(name, names);
    return bad("names the operation '" + printable(name) + "', which there is not" +
               (meant.empty() ? "" : "; was '" + std::string(meant) + "' meant?"));
}

}  // namespace

result<std::optional<operation_set>> parse_operations(std::string_view column) {
    if (column.empty()) return std::optional<operation_set>();
    boost::system::error_code error;
    const auto parsed = boost::json::parse({column.data(), column.size()}, error);
    if (error) return bad("is not JSON");
    const auto* object = parsed.if_object();
    const auto* listed = object == nullptr ? nullptr : object->if_contains("operations");
    if (listed == nullptr || listed->is_null()) return std::optional<operation_set>();
    const auto* list = listed->if_array();
    if (list == nullptr) return bad("has 'operations' that is no list of names");
    operation_set made;
    for (const auto& one : *list) {
        const auto* text = one.if_string();
        if (text == nullptr) return bad("has 'operations' that is no list of names");
        const std::string_view name(text->data(), text->size());
        bool is_known = false;
        for (const auto& row : openai::operations()) {
            if (!is_named(row, name)) continue;
            made.set(openai::index_of(row));
            is_known = true;
        }
        if (!is_known) return unknown(name);
    }
    return std::optional<operation_set>(made);
}

}  // namespace ferry::catalog
