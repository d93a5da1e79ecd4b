// The column unit_prices of ai_models: the prices that have no column of their own. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "base/fault.hpp"
#include "catalog/catalog.hpp"

namespace ferry::catalog {

struct named_prices {
    std::vector<unit_price> units;
    further_prices further;
    std::vector<price_tier> tiers;  // by `above`

    bool operator==(const named_prices&) const = default;
};

// A JSON object ("" for NULL) of
//   units ("images", "images:hd:1024x1024"), each the price of one;
//   "cache_write", "reasoning", "audio_input", "audio_output", per 1,000 tokens, and "request", of each request;
//   "tiers": [{"above": 128000, "input": .., "output": .., "cached_input": .., and those of the line before}].
// A price that a tier does not give is that of the requests below it: `base`, where the cached input may be inherited
// from the input (`cached_is_own` false). Prices are numbers or strings, decimals that are not negative. The fault's
// message names what is wrong in the column and what is allowed.
result<named_prices> parse_unit_prices(std::string_view column, const prices& base, bool cached_is_own);

}  // namespace ferry::catalog
