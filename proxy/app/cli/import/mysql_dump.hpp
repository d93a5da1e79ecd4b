// Tables from the text that mysqldump writes. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/foreign_table.hpp"

namespace ferry::app::takeover {

// Those of the tables that the dump has rows of or creates. Only INSERT INTO is read, and CREATE TABLE for the order of
// columns, which an INSERT may leave out. A row with another number of values has a defect. Throws std::runtime_error,
// with the line, for a dump that cannot be read to its end.
std::vector<store::foreign_table> read_mysql_dump(std::string_view text, std::span<const std::string> names);

}  // namespace ferry::app::takeover
