// What is the same in both dialects of what is told of budgets.
#pragma once

#include <string>

#include "store/budget_store.hpp"

namespace ferry::store {

// `party` and `begin`: the values as that dialect writes them.
inline std::string claim_notice(const budget_notice& what, const std::string& party, const std::string& begin) {
    const auto id = std::to_string(what.party_id);
    const std::string table = what.party == "key" ? "api_keys" : what.party == "user" ? "users" : "teams";
    return "INSERT INTO budget_notices (party, party_id, period_start, budget_pico) VALUES (" + party + ", " + id +
           ", " + begin + ", " + std::to_string(what.budget_pico) +
           ") ON CONFLICT (party, party_id) DO UPDATE SET period_start = excluded.period_start,"
           " budget_pico = excluded.budget_pico WHERE budget_notices.period_start <> excluded.period_start"
           " OR budget_notices.budget_pico < excluded.budget_pico"
           " RETURNING (SELECT name FROM " +
           table + " WHERE id = " + id + ")";
}

inline std::string disclaim_notice(const budget_notice& what, const std::string& party, const std::string& begin) {
    return "DELETE FROM budget_notices WHERE party = " + party + " AND party_id = " + std::to_string(what.party_id) +
           " AND period_start = " + begin + " AND budget_pico = " + std::to_string(what.budget_pico);
}

}  // namespace ferry::store
