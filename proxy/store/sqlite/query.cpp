#include "store/sqlite/query.hpp"

#include <sqlite3.h>

#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

query::query(connection& db, sqlite3_stmt* statement, ownership owner)
    : db_(db), statement_(statement), owner_(owner) {}

query::~query() {
    if (owner_ == ownership::own) {
        sqlite3_finalize(statement_);
        return;
    }
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

void query::check(int rc) {
    if (rc != SQLITE_OK) db_.fail(rc, "bind a value");
}

query& query::bind(std::int64_t value) {
    check(sqlite3_bind_int64(statement_, ++bound_, value));
    return *this;
}

query& query::bind(std::string_view value) {
    // An empty view may hold a null pointer, which SQLite would take for NULL.
    const char* const data = value.data() != nullptr ? value.data() : "";
    check(sqlite3_bind_text64(statement_, ++bound_, data, value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

query& query::bind(std::nullptr_t) {
    check(sqlite3_bind_null(statement_, ++bound_));
    return *this;
}

bool query::step() {
    if (sqlite3_stmt_busy(statement_) == 0) db_.begin_statement();
    const int rc = sqlite3_step(statement_);
    if (rc == SQLITE_ROW) return true;
    if (rc != SQLITE_DONE) db_.fail(rc, sqlite3_stmt_readonly(statement_) != 0 ? "read" : "write");
    return false;
}

void query::run() {
    while (step()) {
    }
    sqlite3_reset(statement_);
    bound_ = 0;
}

bool query::is_null(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t query::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}

std::string query::text(int column) const {
    const unsigned char* const data = sqlite3_column_text(statement_, column);
    if (data == nullptr) return {};
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

}  // namespace ferry::store::sqlite
