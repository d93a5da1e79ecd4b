// What the holder of a key may use, by everybody the key belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows.hpp"

namespace ferry::access {

// Whose limit it is. In the order in which they are looked at.
enum class party : std::uint8_t { key, user, team };
std::string_view to_text(party who);

// Calendar periods, but `total`, which has one.
enum class budget_period : std::uint8_t { hour, day, week, month, total };
std::string_view to_text(budget_period period);
std::optional<budget_period> parse_budget_period(std::string_view text);

// -1: no limit.
struct party_limits {
    party who = party::key;
    std::int64_t id = 0;
    std::int64_t rpm = -1, tpm = -1, rpd = -1, tpd = -1, max_parallel = -1, max_output_tokens = -1, budget_pico = -1;
    budget_period period = budget_period::total;
    bool is_soft = false;  // its budget is only warned of

    bool limits_tokens() const { return tpm >= 0 || tpd >= 0; }
    bool operator==(const party_limits&) const = default;
};

// Of the key, its user and its team those that have any. `defect` becomes what is wrong with a column, if anything is.
std::vector<party_limits> limits_of(const store::key_row& row, std::string& defect);

}  // namespace ferry::access
