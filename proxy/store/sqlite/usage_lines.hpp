#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/rows.hpp"
#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

// What tells sums of one hour apart. Views live as long as the row it was made of.
struct usage_line {
    explicit usage_line(const usage_row& row);

    std::array<std::int64_t, 4> ids;        // key, model, user, team; 0 for none
    std::array<std::string_view, 7> names;  // model, provider, operation, basis, end_reason, currency, kind of units

    bool operator==(const usage_line&) const = default;
};

struct usage_line_hash {
    std::size_t operator()(const usage_line& of) const;
};

// The numbers that usage_lines gives to lines, remembered: an integer is looked up, compared and written in a third of
// the time of eleven columns. Owned by: the store of usage rows. Lives on: its thread.
class usage_lines {
public:
    // At the beginning of a transaction that writes: what was numbered in one that failed is forgotten, and everything
    // where the file is another one.
    void begin(connection& db);
    // In that transaction. From 1 below 2^32.
    std::int64_t number_of(connection& db, const usage_line& line);
    // The transaction is in the store.
    void committed() { fresh_.clear(); }

private:
    static constexpr std::size_t most_known = 200'000;

    std::unordered_map<std::string, std::int64_t> known_;
    std::vector<std::string> fresh_;  // those of them that no transaction has committed yet
    std::int64_t highest_ = 0;        // of the known ones
};

}  // namespace ferry::store::sqlite
