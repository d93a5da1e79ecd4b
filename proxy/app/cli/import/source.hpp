// The tables that are brought over, wherever they stand.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/foreign_table.hpp"

namespace ferry::app::takeover {

// One row, its columns by name. REQUIRES: its table outlives it.
class source_row {
public:
    source_row(const store::foreign_table& table, const store::foreign_row& row) : table_(&table), row_(&row) {}

    // Nothing for NULL and for a column that is not there.
    std::optional<std::string> find(std::string_view column) const;
    // Without blanks around it; "" as above.
    std::string text(std::string_view column) const;
    std::optional<std::int64_t> number(std::string_view column) const;
    // 1, t or true.
    bool flag(std::string_view column) const;
    // What is written, but for empty lists and objects, "0" and what else says nothing.
    bool says(std::string_view column) const;

    bool has(std::string_view column) const;
    std::size_t line() const { return row_->line; }
    const std::string& defect() const { return row_->defect; }
    const std::string& table() const { return table_->name; }

private:
    const store::foreign_table* table_;
    const store::foreign_row* row_;
};

// What a gateway keeps in its tables; those without a name are none it has.
struct table_names {
    std::string keys, users, teams, models, options, abilities;
};

// Where the command line says they are: one database or dump, or a file for each table.
struct source_files {
    std::string whole;
    std::map<std::string, std::string> tables;  // the gateway's name of the table -> path of a CSV file
};

// The tables by name. Throws std::runtime_error that names the file, or store_error.
std::map<std::string, store::foreign_table> read_source(const source_files& files, const table_names& names);

}  // namespace ferry::app::takeover
