#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "store/column_value.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

// False if no row of the table has this id. REQUIRES: the columns' names have been checked, they become part of the
// statement.
bool update_row(connection& db, const std::string& table, std::int64_t id, std::span<const column_value> values);

}  // namespace ferry::store::sqlite
