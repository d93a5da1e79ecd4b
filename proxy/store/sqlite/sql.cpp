#include "store/sqlite/sql.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>

#include "base/ascii.hpp"
#include "store/store_error.hpp"

namespace ferry::store::sqlite {
namespace {

std::string hex_blob(const query& row, int column) {
    const auto* const bytes = static_cast<const unsigned char*>(sqlite3_column_blob(row.handle(), column));
    const int size = sqlite3_column_bytes(row.handle(), column);
    std::string text = "x'";
    for (int i = 0; i < size; ++i) append_hex(text, bytes[i]);
    return text + "'";
}

sql_value value_of(const query& row, int column) {
    using kind = sql_value::kind;
    switch (sqlite3_column_type(row.handle(), column)) {
        case SQLITE_NULL:
            return {kind::null, ""};
        case SQLITE_BLOB:
            return {kind::text, hex_blob(row, column)};
        case SQLITE_INTEGER:
            return {kind::number, row.text(column)};
        case SQLITE_FLOAT: {
            const bool finite = std::isfinite(sqlite3_column_double(row.handle(), column));
            return {finite ? kind::number : kind::text, row.text(column)};
        }
        default:
            return {kind::text, row.text(column)};
    }
}

sql_result run_one(connection& db, query& statement) {
    sql_result result;
    const int columns = sqlite3_column_count(statement.handle());
    result.has_rows = columns > 0;
    for (int i = 0; i < columns; ++i) result.columns.emplace_back(sqlite3_column_name(statement.handle(), i));
    const std::int64_t before = db.total_changes();
    while (statement.step()) {
        std::vector<sql_value>& row = result.rows.emplace_back();
        for (int i = 0; i < columns; ++i) row.push_back(value_of(statement, i));
    }
    if (db.total_changes() != before) result.changed = db.changes();
    return result;
}

std::string line_of(std::string_view text, std::size_t offset) {
    return std::to_string(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// Throws what `error` is, with the line before its text.
[[noreturn]] void rethrow_with_line(const store_error& error, const std::string& line) {
    const std::string text = "line " + line + ": " + error.what();
    if (dynamic_cast<const store_unavailable*>(&error) != nullptr) throw store_unavailable(text);
    if (dynamic_cast<const row_refused*>(&error) != nullptr) throw row_refused(text);
    throw store_error(text);
}

// Runs the statement that begins at `offset` and returns where the next one begins.
std::size_t run_next(connection& db, std::string_view text, std::size_t offset,
                     const std::function<void(const sql_result&)>& done) {
    sqlite3_stmt* compiled = nullptr;
    const char* next = nullptr;
    const char* const begin = text.data() + offset;
    const int rc = sqlite3_prepare_v2(db.handle(), begin, static_cast<int>(text.size() - offset), &compiled, &next);
    if (rc != SQLITE_OK) {
        const int within = std::max(sqlite3_error_offset(db.handle()), 0);
        try {
            db.fail(rc, "compile the statement");
        } catch (const store_error& error) {
            rethrow_with_line(error, line_of(text, offset + static_cast<std::size_t>(within)));
        }
    }
    const std::size_t following = static_cast<std::size_t>(next - text.data());
    if (compiled == nullptr) return following;  // only blanks or a comment

    query statement(db, compiled, query::ownership::own);
    sql_result result;
    try {
        result = run_one(db, statement);
    } catch (const store_error& error) {
        const std::size_t first_word = text.find_first_not_of(white_space, offset);
        rethrow_with_line(error, line_of(text, first_word));
    }
    done(result);
    return following;
}

// A transaction left open would hold the write lock for as long as this connection lives.
class no_open_transaction {
public:
    explicit no_open_transaction(connection& db) : db_(db) {}
    ~no_open_transaction() {
        if (db_.in_transaction()) sqlite3_exec(db_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    }
    no_open_transaction(const no_open_transaction&) = delete;
    no_open_transaction& operator=(const no_open_transaction&) = delete;

private:
    connection& db_;
};

}  // namespace

void sql::run(std::string_view text, const std::function<void(const sql_result&)>& done) {
    if (text.find('\0') != std::string_view::npos) throw store_error("the SQL holds a zero byte; remove it");
    connection& db = link_.get();
    const no_open_transaction guard(db);
    for (std::size_t offset = 0; offset < text.size();) offset = run_next(db, text, offset, done);
    if (db.in_transaction()) {
        throw store_error("the SQL ends inside a transaction, which was rolled back; end it with COMMIT");
    }
}

}  // namespace ferry::store::sqlite
