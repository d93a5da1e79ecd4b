#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/rows.hpp"

namespace ferry::store {

// What to write into a row of model_routes; what is empty stays.
struct route_change {
    std::optional<std::string> strategy;
    std::optional<std::string> members;  // JSON text
    std::optional<bool> is_enabled;
};

// The virtual model names. Owned by: a CLI command. Lives on: one store thread; every call blocks.
class route_store {
public:
    virtual ~route_store() = default;

    virtual std::vector<route_row> list_routes() = 0;  // by name
    // row_refused if the name is taken or a constraint forbids the row.
    virtual void add_route(const route_row& row) = 0;
    // False if there is no such route.
    virtual bool change_route(const std::string& name, const route_change& change) = 0;
    virtual bool remove_route(const std::string& name) = 0;
};

}  // namespace ferry::store
