// The JSON columns of ai_models that end up in requests. Pure. "" stands for NULL: nothing is added. The fault's
// message is why the row is refused; it names the column and repeats no value.
#pragma once

#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"

namespace ferry::catalog {

// A JSON object of header names and string values. Refused: names that are no tokens or occur twice (in any case),
// headers that frame the message or belong to the connection, values with control bytes.
result<std::vector<header>> parse_extra_headers(std::string_view column);

// A JSON object whose members are added to request bodies, with their values spelled as written. Refused: the members
// that route the request or that the proxy itself sets, in any case.
result<std::vector<body_member>> parse_extra_body(std::string_view column);

}  // namespace ferry::catalog
