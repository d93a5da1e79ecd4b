// Tables read into rows.hpp; the caller opens a transaction where several must agree.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "store/change_log.hpp"
#include "store/rows.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

std::vector<model_row> read_models(connection& db);  // by id
std::vector<route_row> read_routes(connection& db);  // by name
std::vector<key_row> read_keys(connection& db);      // by id
// The same, enabled only where their users and teams are, too.
std::vector<key_row> read_working_keys(connection& db);
// Those of these that there are.
std::vector<model_row> read_models(connection& db, const std::set<std::int64_t>& ids);
std::vector<route_row> read_routes(connection& db, const std::set<std::string>& names);
std::vector<key_row> read_working_keys(connection& db, const std::set<std::int64_t>& ids);
std::int64_t read_catalog_version(connection& db);
// The changes after this version; not all of them where there are more than most_changes.
change_log read_change_log(connection& db, std::int64_t since);

}  // namespace ferry::store::sqlite
