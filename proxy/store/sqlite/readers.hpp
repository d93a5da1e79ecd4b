// Whole tables read into rows.hpp; the caller opens a transaction where several must agree.
#pragma once

#include <vector>

#include "store/rows.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

std::vector<model_row> read_models(connection& db);  // by id
std::vector<route_row> read_routes(connection& db);  // by name
std::vector<key_row> read_keys(connection& db);      // by id
std::int64_t read_catalog_version(connection& db);

}  // namespace ferry::store::sqlite
