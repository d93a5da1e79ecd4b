#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/sqlite/query.hpp"

namespace ferry::store::sqlite {

// Reads the columns of a query's row from left to right. SQLite lets any column hold anything: what does not fit is
// not thrown but noted in `defect` (the first one; the column's name, never its value, which may be a secret), and a
// harmless value is returned. Owned by: the block that reads a row.
class row_reader {
public:
    row_reader(query& row, std::string& defect) : row_(row), defect_(defect) {}

    std::string text();  // NULL is ""
    std::optional<std::string> optional_text();
    std::int64_t integer(std::int64_t if_null);
    std::optional<std::int64_t> optional_integer();
    bool flag();  // NULL is false
    // A price per 1,000 tokens, in pico per token.
    std::optional<std::int64_t> optional_price();
    std::optional<std::int64_t> optional_time();  // microseconds since the epoch
    // For times that nothing depends on: 0 where there is none or it cannot be read.
    std::int64_t informative_time();

private:
    void note(int column, std::string_view what);

    query& row_;
    std::string& defect_;
    int next_ = 0;
};

}  // namespace ferry::store::sqlite
