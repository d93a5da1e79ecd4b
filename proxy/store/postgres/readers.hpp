// Reads the tables that the catalog is made from.
#pragma once

#include <pqxx/transaction_base>
#include <set>
#include <string>
#include <vector>

#include "store/change_log.hpp"
#include "store/rows.hpp"

namespace ferry::store::postgres {

std::vector<model_row> read_models(pqxx::transaction_base& in);  // by id
std::vector<route_row> read_routes(pqxx::transaction_base& in);  // by name
std::vector<key_row> read_keys(pqxx::transaction_base& in);      // by id
// The same, enabled only where their users and teams are, too.
std::vector<key_row> read_working_keys(pqxx::transaction_base& in);
// Those of these that there are.
std::vector<model_row> read_models(pqxx::transaction_base& in, const std::set<std::int64_t>& ids);
std::vector<route_row> read_routes(pqxx::transaction_base& in, const std::set<std::string>& names);
std::vector<key_row> read_working_keys(pqxx::transaction_base& in, const std::set<std::int64_t>& ids);
std::int64_t read_catalog_version(pqxx::transaction_base& in);
// The changes after this version; not all of them where there are more than most_changes.
change_log read_change_log(pqxx::transaction_base& in, std::int64_t since);

}  // namespace ferry::store::postgres
