// What GET /models shows, in OpenAI's shape. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.hpp"

namespace ferry::catalog {

// Views are valid as long as the catalog.
struct listed_model {
    std::string_view name;
    std::int64_t created = 0;   // seconds since the epoch: the oldest row of this name
    std::string_view owned_by;  // the name of the service that answers first
    operation_set operations;   // that its rows say they serve; none where no row says it
    bool operator==(const listed_model&) const = default;
};

// Says whether the caller may see a model.
using visibility = std::function<bool(std::string_view model_name)>;

// The model of exactly this name, or nothing if there is none or the caller may not see it (the two look alike).
std::optional<listed_model> find_listed_model(const catalog& models, std::string_view name, const visibility& may_see);

std::string to_json(const listed_model& model);

// The line of catalog::names() for this name, where the catalog has a model or a route so called.
std::optional<name_block::line> line_of(const catalog& models, std::string_view name);

}  // namespace ferry::catalog
