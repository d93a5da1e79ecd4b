#include "store/postgres/sql.hpp"

#include <algorithm>
#include <pqxx/nontransaction>
#include <string>

#include "store/postgres/statement_splitter.hpp"
#include "store/store_error.hpp"

namespace ferry::store::postgres {
namespace {

bool is_numeric(pqxx::oid type) {
    constexpr pqxx::oid numeric_types[] = {20, 21, 23, 26, 700, 701, 1700};  // pg_type.h: int8 ... numeric
    return std::find(std::begin(numeric_types), std::end(numeric_types), type) != std::end(numeric_types);
}

sql_value value_of(const pqxx::field& field) {
    using kind = sql_value::kind;
    if (field.is_null()) return {kind::null, ""};
    std::string text(field.c_str(), field.size());
    // NaN and Infinity are no JSON numbers.
    const bool is_number = is_numeric(field.type()) && text.find_first_of("Nn") == std::string::npos;
    return {is_number ? kind::number : kind::text, std::move(text)};
}

sql_result result_of(const pqxx::result& from) {
    sql_result made;
    made.has_rows = from.columns() > 0;
    for (int i = 0; i < static_cast<int>(from.columns()); ++i) made.columns.emplace_back(from.column_name(i));
    for (const auto& row : from) {
        auto& values = made.rows.emplace_back();
        for (const auto& field : row) values.push_back(value_of(field));
    }
    if (!made.has_rows) made.changed = static_cast<std::int64_t>(from.affected_rows());
    return made;
}

// PostgreSQL counts the lines of one statement: "LINE 2: ...".
std::size_t line_within(std::string_view error) {
    constexpr std::string_view mark = "\nLINE ";
    const std::size_t found = error.find(mark);
    if (found == std::string_view::npos) return 1;
    return std::max<std::size_t>(std::strtoul(error.data() + found + mark.size(), nullptr, 10), 1);
}

[[noreturn]] void rethrow_with_line(const statement_splitter::statement& one, const std::string& where) {
    try {
        rethrow("run the statement", where);
    } catch (const store_error& error) {
        const std::string line = std::to_string(one.line + line_within(error.what()) - 1);
        const std::string text = "line " + line + ": " + error.what();
        if (dynamic_cast<const store_unavailable*>(&error) != nullptr) throw store_unavailable(text);
        if (dynamic_cast<const row_refused*>(&error) != nullptr) throw row_refused(text);
        throw store_error(text);
    }
}

// A setting that is local to a transaction outlives its statement only where there is one.
bool is_in_transaction(pqxx::nontransaction& in) {
    in.exec("SELECT set_config('ferry.probe', 'here', true)");
    return in.exec("SELECT current_setting('ferry.probe', true)")[0][0].c_str() == std::string_view("here");
}

}  // namespace

void sql::run(std::string_view text, const std::function<void(const sql_result&)>& done) {
    if (text.find('\0') != std::string_view::npos) throw store_error("the SQL holds a zero byte; remove it");
    const std::string& where = place_->where.description;
    std::optional<connection> own;  // its end rolls back what the text left open
    try {
        own.emplace(place_->where);
        pqxx::nontransaction each(own->get());
        each.exec("SET timezone = 'UTC'; SET datestyle = 'ISO'");
        statement_splitter statements(text);
        while (const auto one = statements.next()) {
            std::optional<sql_result> result;
            try {
                result = result_of(each.exec(std::string(one->text)));
            } catch (...) {
                rethrow_with_line(*one, where);
            }
            done(*result);
        }
        if (!is_in_transaction(each)) return;
    } catch (...) {
        rethrow("run the statements", where);
    }
    throw store_error("the SQL ends inside a transaction, which was rolled back; end it with COMMIT");
}

}  // namespace ferry::store::postgres
