// How prices, limits and budgets are told to who asks what would become of a request: as JSON. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "limits/budgets.hpp"
#include "limits/limiter.hpp"
#include "usage/price.hpp"

namespace ferry::relay {

// What a row would bill for so many tokens.
struct expected_bill {
    usage::bill bill;
    const catalog::price_tier* tier = nullptr;  // whose prices these are; nullptr: those of the row
    bool is_known = true;                       // somebody wrote prices of tokens
};
expected_bill bill_for(const catalog::candidate& row, std::int64_t prompt_tokens, std::int64_t completion_tokens);

// Its members: "prices" by part, per 1,000 tokens but for "request"; "tier_above"; "tiers"; "unit_prices", each of one;
// and "expected_bill".
std::string prices_json(const catalog::candidate& row, const expected_bill& expected);

std::string limits_json(std::span<const limits::party_state> states);
// `expected_pico`: what the request is expected to cost.
std::string budgets_json(std::span<const limits::budget_state> states, std::int64_t expected_pico);
// {"status":429,"code":...,"message":...}.
std::string refusal_json(const fault& refused);

}  // namespace ferry::relay
