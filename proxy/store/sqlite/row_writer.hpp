#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "store/column_value.hpp"
#include "store/limits.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

// ", ?" for each column of limit_names(), and their values.
std::string places_for_limits();
void bind_limits(query& insert, const limit_columns& limits);

// False if no row of the table has this id. REQUIRES: the columns' names have been checked, they become part of the
// statement.
bool update_row(connection& db, const std::string& table, std::int64_t id, std::span<const column_value> values);

}  // namespace ferry::store::sqlite
