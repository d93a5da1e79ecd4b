// Makes the virtual model of one row of model_routes. Pure.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "store/rows.hpp"

namespace ferry::catalog {

struct built_route {
    virtual_route route;
    std::vector<std::string> members;   // all names that the row has
    std::vector<std::string> left_out;  // those that no served row has as its model_name
};

// `members` is a JSON array of model names, or of objects {"model": NAME, "weight": N >= 0, default 1}; strategies are
// `priority` (the order of the list), `weighted`, `cheapest` and `fastest`. A member that is not served is left out;
// where none remains, the route has no members and cannot be served. The fault's message is why the row is refused.
result<built_route> build_route(const store::route_row& row,
                                const std::function<bool(std::string_view model_name)>& is_served);

}  // namespace ferry::catalog
