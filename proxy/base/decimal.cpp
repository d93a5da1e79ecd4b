#include "base/decimal.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/ascii.hpp"

namespace ferry {

std::optional<std::int64_t> parse_decimal(std::string_view text, int scale) {
    const std::size_t point = text.find('.');
    const std::string_view whole = text.substr(0, point);
    std::string_view places = point == std::string_view::npos ? std::string_view{} : text.substr(point + 1);
    if (whole.empty() && places.empty()) return std::nullopt;
    if (!std::all_of(whole.begin(), whole.end(), is_digit) || !std::all_of(places.begin(), places.end(), is_digit)) {
        return std::nullopt;
    }
    while (!places.empty() && places.back() == '0') places.remove_suffix(1);
    if (places.size() > static_cast<std::size_t>(scale)) return std::nullopt;

    std::string digits(whole);
    digits += places;
    digits.append(static_cast<std::size_t>(scale) - places.size(), '0');
    int128 value = 0;
    for (const char c : digits) {
        value = value * 10 + (c - '0');
        if (value > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
    }
    return static_cast<std::int64_t>(value);
}

std::string format_decimal(int128 value, int scale) {
    const bool negative = value < 0;
    std::string reversed;
    for (int place = 0; value != 0 || place <= scale; ++place, value /= 10) {
        const int digit = static_cast<int>(value % 10);
        if (place == scale && !reversed.empty()) reversed += '.';
        if (place >= scale || digit != 0 || !reversed.empty()) reversed += static_cast<char>('0' + std::abs(digit));
    }
    if (negative) reversed += '-';
    return {reversed.rbegin(), reversed.rend()};
}

}  // namespace ferry
