#include "limits/budget_options.hpp"

#include <algorithm>
#include <limits>

#include "base/decimal.hpp"

namespace ferry::limits {

namespace {

std::int64_t rated(std::int64_t pico, std::int64_t nano, std::int64_t more) {
    if (nano == as_it_is) return pico;
    constexpr int128 most = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::min((static_cast<int128>(pico) * nano + more) / as_it_is, most));
}

}  // namespace

std::optional<std::int64_t> rate_of(const budget_options& chosen, std::string_view currency) {
    if (currency == chosen.currency) return as_it_is;
    for (const auto& rate : chosen.rates) {
        if (rate.from == currency && rate.to == chosen.currency) return rate.nano;
    }
    return std::nullopt;
}

std::int64_t at_rate(std::int64_t pico, std::int64_t nano) {
    return rated(pico, nano, as_it_is / 2);
}

std::int64_t at_rate_up(std::int64_t pico, std::int64_t nano) {
    return rated(pico, nano, as_it_is - 1);
}

}  // namespace ferry::limits
