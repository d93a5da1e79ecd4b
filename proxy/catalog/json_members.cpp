#include "catalog/json_members.hpp"

#include <boost/json/parse.hpp>

#include "base/ascii.hpp"

namespace ferry::catalog {
namespace {

boost::json::value parse(std::string_view text, boost::system::error_code& error) {
    return boost::json::parse(text, error);
}

// The functions below walk over text that is known to be valid JSON.

std::size_t skip_white_space(std::string_view text, std::size_t at) {
    return text.find_first_not_of(white_space, at);
}

// The offset behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; text[at] != '"'; ++at)
        if (text[at] == '\\') ++at;
    return at + 1;
}

// The offset of the ',' or '}' that ends the value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
    int depth = 0;
    while (depth > 0 || (text[at] != ',' && text[at] != '}')) {
        if (text[at] == '"') {
            at = end_of_string(text, at);
            continue;
        }
        if (text[at] == '{' || text[at] == '[') ++depth;
        if (text[at] == '}' || text[at] == ']') --depth;
        ++at;
    }
    return at;
}

}  // namespace

std::optional<std::vector<json_member>> split_members(std::string_view object) {
    boost::system::error_code error;
    const boost::json::value parsed = parse(object, error);
    if (error || !parsed.is_object()) return std::nullopt;

    std::vector<json_member> members;
    std::size_t at = skip_white_space(object, object.find('{') + 1);
    while (object[at] != '}') {
        json_member member;
        const std::size_t name_end = end_of_string(object, at);
        member.quoted_name = object.substr(at, name_end - at);
        member.name = parse(member.quoted_name, error).as_string();
        const std::size_t value_at = skip_white_space(object, object.find(':', name_end) + 1);
        at = end_of_value(object, value_at);
        const std::size_t value_end = object.find_last_not_of(white_space, at - 1) + 1;
        member.value = object.substr(value_at, value_end - value_at);
        members.push_back(std::move(member));
        if (object[at] == ',') at = skip_white_space(object, at + 1);
    }
    // The parser keeps the last of two equal names: then there are more members than it has.
    if (members.size() != parsed.get_object().size()) return std::nullopt;
    return members;
}

}  // namespace ferry::catalog
