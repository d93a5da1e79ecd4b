// The statements of the usage tables, made from their columns.
#pragma once

#include <string>

namespace ferry::store::postgres {

// Takes an array for each column of usage_records, in their order. Adds the rows that are new, adds those and only
// those to usage_hourly, to the keys' last_used_at and to issued_ids, and gives their number: one statement, so one
// snapshot.
const std::string& insert_usage_sql();

// The same for usage_attempts; gives nothing.
const std::string& insert_attempts_sql();

// All columns of usage_records, times as text, up to the name of the table.
const std::string& select_usage_sql();

}  // namespace ferry::store::postgres
