#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>

#include "store/rows.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/usage_lines.hpp"

namespace ferry::store::sqlite {

// What the new rows of one batch add to the sums of hours and to the keys' last_used_at, summed first so that each line
// is written once. Sums stop at the largest 64-bit number instead of becoming floating point, which SQLite would do.
// Owned by: the insertion of a batch, in whose transaction write() runs. REQUIRES: the rows outlive it.
class usage_rollup {
public:
    void add(const usage_row& row);
    void write(connection& db, usage_lines& lines) const;

private:
    static constexpr std::size_t sum_count = 11;  // the columns of usage_hour_sums after its id
    using sums = std::array<std::int64_t, sum_count>;
    struct hour_line {
        std::int64_t hour;  // since 1970
        usage_line line;

        bool operator==(const hour_line&) const = default;
    };
    struct hash {
        std::size_t operator()(const hour_line& of) const {
            return usage_line_hash()(of.line) + static_cast<std::size_t>(of.hour);
        }
    };

    void write_hours(connection& db, usage_lines& lines) const;
    void write_keys(connection& db) const;

    std::unordered_map<hour_line, sums, hash> hours_;
    std::unordered_map<std::int64_t, std::int64_t> last_used_;  // key id -> time
};

}  // namespace ferry::store::sqlite
