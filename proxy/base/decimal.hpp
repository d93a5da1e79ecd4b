// Exact decimals: text against integers counted in the last decimal place. Money and prices never pass through
// floating point. With scale 9 an integer is a price per 1,000 tokens in pico per token; with scale 12 an amount in
// pico.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry {

__extension__ typedef __int128 int128;

inline constexpr int price_scale = 9;
inline constexpr int money_scale = 12;

// "0.004" at scale 9 -> 4'000'000. Digits with at most one point, no sign, no exponent, spaces or separators; nullopt
// for anything else, for more than `scale` places (trailing zeros do not count) and for what exceeds 64 bits.
std::optional<std::int64_t> parse_decimal(std::string_view text, int scale);

// 4'000'000 at scale 9 -> "0.004"; no trailing zeros, no exponent. REQUIRES: 0 <= scale <= 18.
std::string format_decimal(int128 value, int scale);

}  // namespace ferry
