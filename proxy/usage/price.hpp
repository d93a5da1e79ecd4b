// What a request costs. Integers only: pico-units of currency.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "openai/token_usage.hpp"

namespace ferry::usage {

// Pico-units of currency per token.
struct token_prices {
    std::int64_t input_pico = 0;
    std::int64_t output_pico = 0;
    std::int64_t cached_input_pico = 0;  // for the cached part of the prompt
};

struct cost {
    std::int64_t pico = 0;
    bool is_saturated = false;  // the true sum did not fit: `pico` is the largest there is
};

// (prompt - cached) x input + cached x cached_input + completion x output. `cached` counts tokens of the prompt; more
// than there are is taken as all of them. Negative counts or prices are taken as 0.
constexpr cost cost_of(const token_prices& price, std::int64_t prompt, std::int64_t cached, std::int64_t completion) {
    const auto sane = [](std::int64_t n) { return static_cast<__int128>(std::max<std::int64_t>(n, 0)); };
    const __int128 from_cache = std::min(sane(cached), sane(prompt));
    // The prompt's two parts together, and the completion, are each below 2^126: the sum fits.
    const __int128 sum = (sane(prompt) - from_cache) * sane(price.input_pico) +
                         from_cache * sane(price.cached_input_pico) + sane(completion) * sane(price.output_pico);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (sum > most) return {most, true};
    return {static_cast<std::int64_t>(sum), false};
}

// The same, and `units` of what is not counted in tokens at `unit_pico` each.
constexpr cost with_units(const cost& tokens, std::int64_t units, std::int64_t unit_pico) {
    const auto sum = static_cast<__int128>(tokens.pico) +
                     static_cast<__int128>(std::max<std::int64_t>(units, 0)) * std::max<std::int64_t>(unit_pico, 0);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (tokens.is_saturated || sum > most) return {most, true};
    return {static_cast<std::int64_t>(sum), false};
}

// Of what the upstream says it used; what it did not say counts as nothing.
constexpr cost cost_of(const token_prices& price, const openai::token_usage& used) {
    return cost_of(price, used.prompt.value_or(0), used.cached.value_or(0), used.completion.value_or(0));
}

}  // namespace ferry::usage
