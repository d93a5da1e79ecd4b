// The bill of a usage row from the row alone.
#pragma once

#include <optional>
#include <string>

#include "base/fault.hpp"
#include "catalog/prices.hpp"
#include "openai/token_usage.hpp"
#include "store/rows.hpp"
#include "usage/price.hpp"

namespace ferry::usage {

// What stands in the column `prices`: those of `further` as JSON, in pico, and how many of the audio tokens were
// output, which no other column says. Nothing where there are none.
std::optional<std::string> prices_column(const catalog::further_prices& further, const openai::token_usage& used);

// Pure. The fault says what is wrong with the column `prices`.
result<bill> bill_of(const store::usage_row& row);

}  // namespace ferry::usage
