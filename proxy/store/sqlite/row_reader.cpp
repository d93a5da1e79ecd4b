#include "store/sqlite/row_reader.hpp"

#include <sqlite3.h>

#include <cmath>

#include "base/time_text.hpp"

namespace ferry::store::sqlite {
namespace {

constexpr double pico_per_token = 1e9;   // of a price of 1 per 1,000 tokens
constexpr double largest_price = 9.2e9;  // in pico per token it just fits 64 bits

}  // namespace

void row_reader::note(int column, std::string_view what) {
    if (!defect_.empty()) return;
    defect_.append(sqlite3_column_name(row_.handle(), column)).append(" ").append(what);
}

std::optional<std::string> row_reader::optional_text() {
    const int column = next_++;
    if (row_.is_null(column)) return std::nullopt;
    if (sqlite3_column_type(row_.handle(), column) == SQLITE_BLOB) {
        note(column, "must be text, it is a blob");
        return std::nullopt;
    }
    return row_.text(column);
}

std::string row_reader::text() {
    return optional_text().value_or("");
}

std::optional<std::int64_t> row_reader::optional_integer() {
    const int column = next_++;
    if (row_.is_null(column)) return std::nullopt;
    if (sqlite3_column_type(row_.handle(), column) != SQLITE_INTEGER) {
        note(column, "must be a whole number");
        return std::nullopt;
    }
    return row_.integer(column);
}

std::int64_t row_reader::integer(std::int64_t if_null) {
    return optional_integer().value_or(if_null);
}

bool row_reader::flag() {
    const int column = next_;
    const std::int64_t value = integer(0);
    if (value != 0 && value != 1) note(column, "must be 0 or 1");
    return value == 1;
}

std::optional<std::int64_t> row_reader::optional_price() {
    const int column = next_++;
    if (row_.is_null(column)) return std::nullopt;
    const int type = sqlite3_column_type(row_.handle(), column);
    const double price = sqlite3_column_double(row_.handle(), column);
    if (type != SQLITE_FLOAT && type != SQLITE_INTEGER) {
        note(column, "must be a number, the price per 1,000 tokens");
    } else if (!(price >= 0)) {
        note(column, "must not be negative");
    } else if (price > largest_price) {
        note(column, "is too large for a price");
    } else {
        return std::llround(price * pico_per_token);
    }
    return 0;  // not NULL, which would inherit another price: the row is refused for its defect
}

std::optional<std::int64_t> row_reader::optional_time() {
    const int column = next_;
    const std::optional<std::string> written = optional_text();
    if (!written) return std::nullopt;
    const std::optional<std::int64_t> time = parse_time(*written);
    if (!time) note(column, "must be a time such as 2030-12-31 23:59:59");
    return time;
}

std::int64_t row_reader::informative_time() {
    return parse_time(row_.text(next_++)).value_or(0);
}

}  // namespace ferry::store::sqlite
