#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "store/rows.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

// What the new rows of one batch add to usage_daily and to the keys' last_used_at, summed first so that each line is
// written once. Sums stop at the largest 64-bit number instead of becoming floating point, which SQLite would do.
// Owned by: the insertion of a batch, in whose transaction write() runs.
class usage_rollup {
public:
    void add(const usage_row& row);
    void write(connection& db) const;

private:
    static constexpr std::size_t sum_count = 10;  // the columns of usage_daily after its key
    template <class Text>
    using line = std::tuple<Text, std::int64_t, std::int64_t, Text, Text>;
    // Finds a line by views of its texts. (Not every standard library compares tuples of unlike types.)
    struct line_order {
        using is_transparent = void;
        bool operator()(const line<std::string_view>& a, const line<std::string_view>& b) const { return a < b; }
    };

    void write_days(connection& db) const;
    void write_keys(connection& db) const;

    std::map<line<std::string>, std::array<std::int64_t, sum_count>, line_order> days_;
    std::map<std::int64_t, std::int64_t> last_used_;  // key id -> time
};

}  // namespace ferry::store::sqlite
