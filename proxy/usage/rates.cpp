#include "usage/rates.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace ferry::usage {

namespace {

constexpr int rate_scale = 9;
constexpr std::int64_t nano_per_unit = 1'000'000'000, most_nano = 1'000'000 * nano_per_unit;

}  // namespace

bool is_currency(std::string_view name) {
    return !name.empty() && name.find_first_of(" \t/=\"") == std::string_view::npos;
}

std::optional<currency_rate> parse_rate(std::string_view text) {
    const auto slash = text.find('/'), equals = text.find('=');
    if (slash == std::string_view::npos || equals == std::string_view::npos || equals < slash) return std::nullopt;
    const auto from = trimmed(text.substr(0, slash));
    const auto to = trimmed(text.substr(slash + 1, equals - slash - 1));
    const auto nano = parse_decimal(trimmed(text.substr(equals + 1)), rate_scale);
    if (!is_currency(from) || !is_currency(to) || from == to || !nano || *nano <= 0 || *nano > most_nano)
        return std::nullopt;
    return currency_rate{std::string(from), std::string(to), *nano};
}

std::optional<int128> converted(int128 pico, std::string_view from, std::string_view to,
                                const std::vector<currency_rate>& rates) {
    if (from == to) return pico;
    const auto found = std::find_if(rates.begin(), rates.end(),
                                    [&](const currency_rate& rate) { return rate.from == from && rate.to == to; });
    if (found == rates.end()) return std::nullopt;
    // Apart, so that nothing overflows.
    return pico / nano_per_unit * found->nano +
           (pico % nano_per_unit * found->nano + nano_per_unit / 2) / nano_per_unit;
}

}  // namespace ferry::usage
