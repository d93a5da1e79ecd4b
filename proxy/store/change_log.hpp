#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "store/rows.hpp"

namespace ferry::store {

// What the table catalog_changes says of the versions after one: which rows have changed. Both stores fill it, in the
// order of versions.
class change_log {
public:
    explicit change_log(std::int64_t since) : last_(since) {}

    // A line of the table: the row's id, the route's name, "" for no row, "*" for all rows of the table.
    void add(std::int64_t version, std::string_view table, std::string_view row);
    // Whether every version up to this one was there and no table changed as a whole: else all has to be read.
    bool is_complete(std::int64_t until) const { return !has_gap_ && last_ == until; }

    std::set<std::int64_t> models, keys;
    std::set<std::string> routes;

private:
    std::int64_t last_;
    bool has_gap_ = false;
};

// Names in `changes` the rows of the log that were asked for and are not there.
void name_what_is_gone(const change_log& log, catalog_changes& changes);

// More changes than this are not read row by row: reading everything is then hardly slower.
inline constexpr std::int64_t most_changes = 10'000;

}  // namespace ferry::store
