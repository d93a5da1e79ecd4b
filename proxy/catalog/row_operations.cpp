#include "catalog/row_operations.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

#include "base/nearest.hpp"
#include "catalog/bad_row.hpp"
#include "catalog/text_rules.hpp"

namespace ferry::catalog {

namespace {

fault bad_capabilities(std::string why) {
    return bad_row("capabilities " + std::move(why));
}

bool is_named(const openai::operation& row, std::string_view name) {
    if (row.name == name) return true;
    return row.name.size() > name.size() && row.name.starts_with(name) && row.name[name.size()] == '.';
}

fault unknown(std::string_view name) {
    std::vector<std::string_view> names;
    for (const auto& row : openai::operations()) names.push_back(row.name);
    const auto meant = nearest(name, names);
    return bad_capabilities("names the operation '" + printable(name) + "', which there is not" +
                            (meant.empty() ? "" : "; was '" + std::string(meant) + "' meant?"));
}

// The texts of a list that is a member of the column; nothing where it is not there.
result<std::optional<std::vector<std::string>>> texts_of(const boost::json::object& capabilities,
                                                         std::string_view member) {
    using texts = std::optional<std::vector<std::string>>;
    const auto* listed = capabilities.if_contains(member);
    if (listed == nullptr || listed->is_null()) return texts();
    const auto wrong = [member] {
        return bad_capabilities("has '" + std::string(member) + "' that is no list of names");
    };
    const auto* list = listed->if_array();
    if (list == nullptr) return wrong();
    texts made(std::in_place);
    for (const auto& one : *list) {
        const auto* text = one.if_string();
        if (text == nullptr) return wrong();
        made->emplace_back(text->data(), text->size());
    }
    return made;
}

bool is_path(std::string_view text) {
    constexpr std::size_t most = 256;
    const auto is_fit = [](char c) {
        return c > ' ' && c <= '~' && std::string_view("?#%;\\{}").find(c) == std::string_view::npos;
    };
    return text.size() > 1 && text.size() <= most && text.front() == '/' && text.back() != '/' &&
           text.find("//") == std::string_view::npos && text.find("/.") == std::string_view::npos &&
           std::all_of(text.begin(), text.end(), is_fit);
}

bool is_of_operation(std::string_view path) {
    const auto all = openai::operations();
    return std::any_of(all.begin(), all.end(), [path](const auto& row) {
        return !row.path.empty() && openai::id_in_path(row, path).has_value();
    });
}

}  // namespace

result<std::optional<operation_set>> parse_operations(const boost::json::object& capabilities) {
    const auto names = texts_of(capabilities, "operations");
    if (!names) return names.error();
    if (!*names) return std::optional<operation_set>();
    operation_set made;
    for (const std::string_view name : **names) {
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

result<std::vector<std::string>> parse_further_paths(const boost::json::object& capabilities) {
    auto paths = texts_of(capabilities, "paths");
    if (!paths) return paths.error();
    std::vector<std::string> made;
    if (*paths) made = std::move(**paths);
    for (const auto& one : made) {
        if (!is_path(one))
            return bad_capabilities("has '" + printable(one) + "' in 'paths', which is no path such as \"/ocr\"");
        if (is_of_operation(one))
            return bad_capabilities("has '" + one +
                                    "' in 'paths', which is the path of an operation: name that in 'operations'");
    }
    std::sort(made.begin(), made.end());
    made.erase(std::unique(made.begin(), made.end()), made.end());
    return made;
}

}  // namespace ferry::catalog
