// Published prices, as config/prices.toml has them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows.hpp"

namespace ferry::app {

// Prices are in pico per token.
struct published_price {
    std::string host, model, currency;
    std::int64_t input = 0, cached_input = 0, output = 0;
    std::string source, read, note;  // where it was found, when (YYYY-MM-DD), and what it leaves out
};

// The table that was compiled into the program: TOML text.
extern const std::string_view shipped_prices;

// Throws std::runtime_error that names `where` and the line of what is wrong.
std::vector<published_price> parse_prices(std::string_view toml, const std::string& where);

// The price of what the row asks for, or nullptr: by the host of its endpoint and the provider's name of its model.
const published_price* find_price(const std::vector<published_price>& table, const store::model_row& row);

}  // namespace ferry::app
