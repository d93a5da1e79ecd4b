// Published prices, as config/prices.toml has them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/unit_prices.hpp"
#include "store/rows.hpp"

namespace ferry::app {

struct published_price {
    std::string host, model, currency;
    std::optional<catalog::prices> tokens;  // nothing: what is counted otherwise is all that has a price
    std::string unit_prices;                // what the column of that name would say: "" for nothing
    std::string source, read, note;         // where it was found, when (YYYY-MM-DD), and what it leaves out
};

// The table that was compiled into the program: TOML text.
extern const std::string_view shipped_prices;

// Throws std::runtime_error that names `where` and the line of what is wrong.
std::vector<published_price> parse_prices(std::string_view toml, const std::string& where);

// The price of what the row asks for, or nullptr: by the host of its endpoint and the provider's name of its model.
const published_price* find_price(const std::vector<published_price>& table, const store::model_row& row);

// What unit_prices of the row would be: its own, and those of `price`, which stand for those of the same name.
std::string merged_unit_prices(const store::model_row& row, const published_price& price);

// Nothing that the row says is another price than the published one; what it does not say may be filled in.
bool agrees(const store::model_row& row, const published_price& price);
bool is_filled_in(const store::model_row& row, const published_price& price);

}  // namespace ferry::app
