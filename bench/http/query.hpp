#pragma once

#include <optional>
#include <string_view>

namespace ferry::bench {

// The value of `name` in a query string, as it stands there; nullopt if it is not there.
std::optional<std::string_view> query_value(std::string_view query, std::string_view name);

}  // namespace ferry::bench
