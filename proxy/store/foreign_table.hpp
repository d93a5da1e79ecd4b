// Tables of other programs' databases, as text: what `ferry keys import` reads.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ferry::store {

struct foreign_row {
    std::size_t line = 0;                            // where it begins in its file, 0 if it comes from a database
    std::vector<std::optional<std::string>> values;  // as many as the table has columns, unless there is a defect
    std::string defect;                              // why it could not be read, "" if it was
};

struct foreign_table {
    std::string name;
    std::vector<std::string> columns;
    std::vector<foreign_row> rows;
};

// Those of the tables that are there, in the order asked for. `where`: the path of an SQLite file, or `postgres://...`.
// Nothing is written there, and all is read in one transaction; times are UTC. Blocks. Throws store_error, which does
// not repeat an address.
std::vector<foreign_table> read_foreign_tables(const std::string& where, std::span<const std::string> names);

namespace sqlite {
std::vector<foreign_table> read_foreign_tables(const std::string& path, std::span<const std::string> names);
}
namespace postgres {
std::vector<foreign_table> read_foreign_tables(const std::string& url, std::span<const std::string> names);
}

}  // namespace ferry::store
