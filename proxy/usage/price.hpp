// What a request costs. Integers only: pico-units of currency.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

#include "catalog/prices.hpp"
#include "openai/token_usage.hpp"

namespace ferry::usage {

// Pico-units of currency per token.
struct token_prices {
    std::int64_t input_pico = 0;
    std::int64_t output_pico = 0;
    std::int64_t cached_input_pico = 0;  // for the cached part of the prompt

    bool operator==(const token_prices&) const = default;
};

// All that a request is billed at. What is not there is billed as the rest of its whole; units and requests not at all.
struct bill_prices {
    token_prices tokens;
    catalog::further_prices further;
    std::optional<std::int64_t> unit_pico;
};

struct cost {
    std::int64_t pico = 0;
    bool is_saturated = false;  // the true sum did not fit: `pico` is the largest there is
};

enum class bill_part : unsigned char {
    input,
    cached_input,
    cache_write,
    audio_input,
    output,
    reasoning,
    audio_output,
    units,
    request,
};
inline constexpr std::size_t bill_parts = 9;

constexpr std::string_view to_text(bill_part part) {
    constexpr std::string_view names[] = {"input",     "cached_input", "cache_write", "audio_input", "output",
                                          "reasoning", "audio_output", "units",       "request"};
    return names[static_cast<std::size_t>(part)];
}
// Its price is per 1,000 as people write it; else that of one.
constexpr bool is_of_tokens(bill_part part) {
    return part != bill_part::units && part != bill_part::request;
}

struct bill_line {
    bill_part part = bill_part::input;
    std::int64_t count = 0, pico = 0;  // so many, at so much each
};

// The lines that count something, and what they come to.
class bill {
public:
    constexpr void add(bill_part part, std::int64_t count, std::int64_t pico) {
        if (count <= 0) return;
        lines_[size_++] = {part, count, pico};
        // Both are below 2^63, and so is the sum before: nothing overflows.
        const auto sum =
            static_cast<__int128>(total_.pico) + static_cast<__int128>(count) * std::max<std::int64_t>(pico, 0);
        constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
        total_ = total_.is_saturated || sum > most ? cost{most, true} : cost{static_cast<std::int64_t>(sum), false};
    }
    constexpr std::span<const bill_line> lines() const { return {lines_.data(), size_}; }
    constexpr const cost& total() const { return total_; }

private:
    std::array<bill_line, bill_parts> lines_{};
    std::size_t size_ = 0;
    cost total_;
};

// Takes a part with a price of its own out of the `rest` of its whole: more than there are is taken as all of them.
// Negative counts are taken as 0.
constexpr void take_part(bill& into, bill_part part, const std::optional<std::int64_t>& count,
                         const std::optional<std::int64_t>& pico, std::int64_t& rest) {
    if (!pico) return;
    const auto taken = std::clamp<std::int64_t>(count.value_or(0), 0, rest);
    into.add(part, taken, *pico);
    rest -= taken;
}

// The parts of the prompt in the order of bill_part, then what is left of it; likewise the completion. What the
// upstream did not say counts as nothing. A request is billed where there is a price for one.
constexpr bill bill_of(const bill_prices& price, const openai::token_usage& used, std::int64_t units = 0) {
    const auto& own = price.further;
    bill made;
    std::int64_t prompt = std::max<std::int64_t>(used.prompt.value_or(0), 0);
    std::int64_t completion = std::max<std::int64_t>(used.completion.value_or(0), 0);
    std::optional<std::int64_t> heard = used.audio;
    if (heard) *heard -= used.audio_output.value_or(0);
    take_part(made, bill_part::cached_input, used.cached, price.tokens.cached_input_pico, prompt);
    take_part(made, bill_part::cache_write, used.cache_write, own.cache_write, prompt);
    take_part(made, bill_part::audio_input, heard, own.audio_input, prompt);
    made.add(bill_part::input, prompt, price.tokens.input_pico);
    take_part(made, bill_part::audio_output, used.audio_output, own.audio_output, completion);
    take_part(made, bill_part::reasoning, used.reasoning, own.reasoning, completion);
    made.add(bill_part::output, completion, price.tokens.output_pico);
    if (price.unit_pico) made.add(bill_part::units, units, *price.unit_pico);
    if (own.request) made.add(bill_part::request, 1, *own.request);
    return made;
}

// By the prices for tokens alone.
constexpr cost cost_of(const token_prices& price, const openai::token_usage& used) {
    return bill_of({price, {}, {}}, used).total();
}
constexpr cost cost_of(const token_prices& price, std::int64_t prompt, std::int64_t cached, std::int64_t completion) {
    openai::token_usage used;
    used.prompt = prompt;
    used.cached = cached;
    used.completion = completion;
    return cost_of(price, used);
}

}  // namespace ferry::usage
