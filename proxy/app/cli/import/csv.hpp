// Tables from CSV (RFC 4180), as PostgreSQL, SQLite and MySQL write them. Pure.
#pragma once

#include <string>
#include <string_view>

#include "store/foreign_table.hpp"

namespace ferry::app::takeover {

// The first record names the columns; rows know their line. An empty field without quotes, or \N, is NULL. A record
// with another number of fields, or one whose quotes do not close, has a defect; the others are read.
store::foreign_table read_csv(std::string_view text, std::string name);

}  // namespace ferry::app::takeover
