#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/transaction>
#include <span>
#include <string>

#include "store/column_value.hpp"
#include "store/limits.hpp"

namespace ferry::store::postgres {

// The value as SQL. As a literal and not as a parameter, so that its type is the column's.
std::string literal(const pqxx::transaction_base& in, const std::optional<std::string>& value);
std::string literal(std::optional<std::int64_t> value);

// ", 1, NULL" and so on: the values of limit_names().
std::string limit_literals(const pqxx::transaction_base& in, const limit_columns& limits);

// False if no row of the table has this id. REQUIRES: the columns' names have been checked, they become part of the
// statement.
bool update_row(pqxx::work& in, const std::string& table, std::int64_t id, std::span<const column_value> values);

}  // namespace ferry::store::postgres
