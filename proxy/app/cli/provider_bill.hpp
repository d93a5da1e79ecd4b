// What a provider says was used: its bill as CSV. Pure.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "base/decimal.hpp"

namespace ferry::app {

// What a bill and the usage rows can both say.
enum class bill_figure { requests, prompt, completion, cached, cost };
inline constexpr std::size_t bill_figures = 5;
std::string_view name_of(bill_figure figure);

// Tokens and requests as they are, cost in pico.
using bill_sums = std::array<int128, bill_figures>;

// Of a day (UTC), a model and, where the bill names currencies, a currency.
using bill_key = std::tuple<std::string, std::string, std::string>;

struct provider_bill {
    std::map<std::string, std::string> columns;  // what Ferry looks for -> the column of the file that it is
    std::array<bool, bill_figures> has{};        // the figures that the file has
    bool has_currency = false;
    std::map<bill_key, bill_sums> lines;  // several lines of one key are added up
};

// `csv` with a header. `mapped` ("day=Usage Date,model=SKU") says which column is what where its name does not.
// Throws std::runtime_error: what is wrong, in which line, and what to do.
provider_bill parse_bill(std::string_view csv, std::string_view mapped);

}  // namespace ferry::app
