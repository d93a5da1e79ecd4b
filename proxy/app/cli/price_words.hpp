// Prices by the names of the parts they are for, as unit_prices of a row has them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/model_columns.hpp"
#include "catalog/catalog.hpp"

namespace ferry::app {

struct shown_price {
    std::string name, price;
};

// Prompt and completion first, then the parts that have a price of their own.
std::vector<shown_price> shown_prices(const catalog::prices& tokens, const catalog::further_prices& further,
                                      price_unit unit);
std::vector<shown_price> shown_prices(const catalog::further_prices& further, price_unit unit);
std::vector<shown_price> shown_prices(std::span<const catalog::unit_price> units);

// "input 2, output 10".
std::string in_words(std::span<const shown_price> prices);
// {"input":"2","output":"10"}.
std::string as_object(std::span<const shown_price> prices);

// "above 200000 prompt tokens: input 4, ...".
std::string tier_words(const catalog::price_tier& tier, price_unit unit);

}  // namespace ferry::app
