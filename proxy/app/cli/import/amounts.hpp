// Numbers and lists as other gateways write them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::app::takeover {

// `text`, a decimal that may have an exponent ("2.5e-06"), times 10^places, rounded to a whole number. Nothing for
// what is no number, is negative, or exceeds 64 bits.
std::optional<std::int64_t> scaled(std::string_view text, int places);

// A span such as 30d, 24h or 1mo as one of Ferry's periods, the nearest one; nothing for what is no span.
struct period {
    std::string name;       // hour, day, week or month
    bool is_exact = false;  // the span is as long as that
};
std::optional<period> period_of(std::string_view span);

// The entries of a JSON list, of an array as PostgreSQL writes it, or else of a text with commas or line ends. NULL
// and blank entries are none.
std::vector<std::string> entries_of(std::string_view text);

// What a JSON string spells; other JSON values as they are written.
std::string plain(std::string_view json_value);

}  // namespace ferry::app::takeover
