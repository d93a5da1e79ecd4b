#include "store/foreign_table.hpp"

#include "store/postgres/address.hpp"

namespace ferry::store {

std::vector<foreign_table> read_foreign_tables(const std::string& where, std::span<const std::string> names) {
    if (postgres::is_postgres_url(where)) return postgres::read_foreign_tables(where, names);
    return sqlite::read_foreign_tables(where, names);
}

}  // namespace ferry::store
