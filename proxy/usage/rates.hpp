// Sums of money in one currency told in another. Exact integers, rounded once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"

namespace ferry::usage {

// Whether it can name a currency: no blank, `/`, `=` or quote.
bool is_currency(std::string_view name);

// One `from` is so many `to`; `nano` counts billionths.
struct currency_rate {
    std::string from, to;
    std::int64_t nano = 0;

    bool operator==(const currency_rate&) const = default;
};

// "USD/CNY = 7.1", blanks as you like: a decimal of at most 9 places, more than 0 and at most a million. Nothing for
// anything else.
std::optional<currency_rate> parse_rate(std::string_view text);

// `pico` of `from` in `to`, rounded to the nearest pico, halves up; as it is where both are one currency. Only a rate
// that is written down in this direction is used. Nothing where there is none. REQUIRES: not negative, below 2^95.
std::optional<int128> converted(int128 pico, std::string_view from, std::string_view to,
                                const std::vector<currency_rate>& rates);

}  // namespace ferry::usage
