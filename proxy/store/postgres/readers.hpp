// Reads the tables that the catalog is made from.
#pragma once

#include <pqxx/transaction_base>
#include <vector>

#include "store/rows.hpp"

namespace ferry::store::postgres {

std::vector<model_row> read_models(pqxx::transaction_base& in);
std::vector<route_row> read_routes(pqxx::transaction_base& in);
std::vector<key_row> read_keys(pqxx::transaction_base& in);
std::int64_t read_catalog_version(pqxx::transaction_base& in);

}  // namespace ferry::store::postgres
