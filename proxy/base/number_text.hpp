#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry {

// The number that the whole of `text` spells, as std::from_chars reads it; nothing where there is more or less to it,
// or where it does not fit.
template <class Number = std::int64_t>
std::optional<Number> parse_number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace ferry
