#pragma once

#include <cstdint>
#include <optional>
#include <pqxx/result>
#include <string>
#include <string_view>

namespace ferry::store::postgres {

// The SQL that gives a TIMESTAMPTZ column, `name` or `table.name`, as text that parse_time() reads, whatever the
// session's settings. It is called `name` there.
std::string time_column(std::string_view name);

// Reads the columns of a result's row from left to right. Types and constraints keep nearly everything out that the
// catalog cannot use, but constraints can be dropped: what does not fit is noted in `defect` (the first one; the
// column's name, never its value, which may be a secret), and a harmless value is returned.
// Owned by: the block that reads a row.
class row_reader {
public:
    row_reader(const pqxx::row& row, std::string& defect) : row_(row), defect_(defect) {}

    std::string text();  // NULL is ""
    std::optional<std::string> optional_text();
    std::int64_t integer(std::int64_t if_null);
    std::optional<std::int64_t> optional_integer();
    bool flag();  // NULL is false
    // A NUMERIC price per 1,000 tokens, in pico per token.
    std::optional<std::int64_t> optional_price();
    std::optional<std::int64_t> optional_time();  // microseconds since the epoch, of a time_column()
    // For times that nothing depends on: 0 where there is none or it cannot be read.
    std::int64_t informative_time();

private:
    std::optional<std::string_view> next();
    void note(std::string_view what);  // about the column read last

    const pqxx::row& row_;
    std::string& defect_;
    int next_ = 0;
};

}  // namespace ferry::store::postgres
