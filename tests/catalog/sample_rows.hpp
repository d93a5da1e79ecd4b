// Rows for the catalog's tests: good ones, to be made bad in one place.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/builder.hpp"
#include "store/rows.hpp"

namespace ferry::catalog::samples {

inline store::model_row model(std::int64_t id, std::string name) {
    store::model_row row;
    row.id = id;
    row.model_name = std::move(name);
    row.provider = "other";
    row.api_endpoint = "http://127.0.0.1:9000/v1/chat/completions";
    row.api_key = "sk-canary";
    row.created_at_us = 1'700'000'000'000'000 + id * 1'000'000;
    return row;
}

inline store::route_row route(std::string name, std::string strategy, std::string members) {
    store::route_row row;
    row.name = std::move(name);
    row.strategy = std::move(strategy);
    row.members = std::move(members);
    return row;
}

// No reference leads anywhere.
inline result<secret> no_secrets(std::string_view reference) {
    return fault::self(fault_code::internal_error, "there is no " + std::string(reference));
}

inline built_catalog build(std::vector<store::model_row> models, std::vector<store::route_row> routes = {}) {
    store::catalog_rows rows;
    rows.version = 1;
    rows.models = std::move(models);
    rows.routes = std::move(routes);
    return build_catalog(rows, no_secrets);
}

}  // namespace ferry::catalog::samples
