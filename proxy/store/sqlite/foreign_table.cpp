#include "store/foreign_table.hpp"

#include <sqlite3.h>

#include <memory>

#include "store/sqlite/error.hpp"

namespace ferry::store::sqlite {
namespace {

struct closing {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using foreign_file = std::unique_ptr<sqlite3, closing>;
using foreign_statement = std::unique_ptr<sqlite3_stmt, closing>;

foreign_file open_foreign(const std::string& path) {
    sqlite3* opened = nullptr;
    const int rc = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    foreign_file db(opened);
    if (rc != SQLITE_OK) fail(db.get(), rc, "open the database", path);
    sqlite3_busy_timeout(db.get(), 5000);
    return db;
}

foreign_statement prepare_foreign(const foreign_file& db, const std::string& sql, const std::string& path) {
    sqlite3_stmt* made = nullptr;
    const int rc = sqlite3_prepare_v2(db.get(), sql.data(), static_cast<int>(sql.size()), &made, nullptr);
    if (rc != SQLITE_OK) fail(db.get(), rc, "read the database", path);
    return foreign_statement(made);
}

bool step_foreign(const foreign_file& db, const foreign_statement& statement, const std::string& path) {
    const int rc = sqlite3_step(statement.get());
    if (rc != SQLITE_ROW && rc != SQLITE_DONE) fail(db.get(), rc, "read the database", path);
    return rc == SQLITE_ROW;
}

bool is_there(const foreign_file& db, const std::string& name, const std::string& path) {
    const auto found = prepare_foreign(db, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", path);
    sqlite3_bind_text(found.get(), 1, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
    return step_foreign(db, found, path);
}

foreign_table read_whole(const foreign_file& db, const std::string& name, const std::string& path) {
    foreign_table table{name, {}, {}};
    const auto all = prepare_foreign(db, "SELECT * FROM \"" + name + "\" ORDER BY rowid", path);
    const int columns = sqlite3_column_count(all.get());
    for (int i = 0; i < columns; ++i) table.columns.emplace_back(sqlite3_column_name(all.get(), i));
    while (step_foreign(db, all, path)) {
        auto& row = table.rows.emplace_back();
        for (int i = 0; i < columns; ++i) {
            const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(all.get(), i));
            const auto size = static_cast<std::size_t>(sqlite3_column_bytes(all.get(), i));
            row.values.push_back(text ? std::optional(std::string(text, size)) : std::nullopt);
        }
    }
    return table;
}

}  // namespace

std::vector<foreign_table> read_foreign_tables(const std::string& path, std::span<const std::string> names) {
    const auto db = open_foreign(path);
    const int rc = sqlite3_exec(db.get(), "BEGIN", nullptr, nullptr, nullptr);
    if (rc != SQLITE_OK) fail(db.get(), rc, "read the database", path);
    std::vector<foreign_table> found;
    for (const auto& name : names) {
        if (is_there(db, name, path)) found.push_back(read_whole(db, name, path));
    }
    return found;
}

}  // namespace ferry::store::sqlite
