// What a row asks for, in pico-units of its currency. Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/decimal.hpp"

namespace ferry::catalog {

// Per token; inheritance (cached from input, input and output from the base) is resolved.
struct prices {
    std::int64_t input = 0;
    std::int64_t output = 0;
    std::int64_t cached_input = 0;
    bool is_known = true;  // false: nobody wrote a price for prompt or completion, so 0 is none

    bool operator==(const prices&) const = default;
};

// Of parts of the prompt and the completion, per token, and of the request itself. A part without a price of its own
// costs what the rest of its whole does; a request without one nothing.
struct further_prices {
    std::optional<std::int64_t> cache_write, reasoning, audio_input, audio_output, request;

    bool has_any() const { return cache_write || reasoning || audio_input || audio_output || request; }
    bool operator==(const further_prices&) const = default;
};

// As unit_prices of a row, the column `prices` of usage rows and reports name them.
struct further_name {
    std::string_view name;
    std::optional<std::int64_t> further_prices::*price;
    int scale;  // of the price as people write it: per 1,000 tokens, or of one
};
inline constexpr std::array<further_name, 5> further_names = {
    {{"cache_write", &further_prices::cache_write, price_scale},
     {"reasoning", &further_prices::reasoning, price_scale},
     {"audio_input", &further_prices::audio_input, price_scale},
     {"audio_output", &further_prices::audio_output, price_scale},
     {"request", &further_prices::request, money_scale}}};

// For requests whose prompt has more than `above` tokens.
struct price_tier {
    std::int64_t above = 0;
    prices price;
    further_prices further;

    bool operator==(const price_tier&) const = default;
};

// The one that holds for a prompt of so many tokens, nullptr for none. `tiers` by `above`, the lowest first.
inline const price_tier* tier_for(std::span<const price_tier> tiers, std::int64_t prompt) {
    const price_tier* found = nullptr;
    for (const auto& one : tiers) {
        if (prompt > one.above) found = &one;
    }
    return found;
}

}  // namespace ferry::catalog
