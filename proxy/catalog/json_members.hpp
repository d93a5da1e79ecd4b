// The members of a small JSON object as text: what the table says is what the upstream gets, down to the spelling of
// numbers. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::catalog {

struct json_member {
    std::string name;              // decoded
    std::string_view quoted_name;  // as written, with its quotes
    std::string_view value;        // as written, without blanks around it
};

// Views into `object`. Nothing if the text is not one JSON object (RFC 8259), is nested deeper than 32, or has two
// members of one name.
std::optional<std::vector<json_member>> split_members(std::string_view object);

}  // namespace ferry::catalog
