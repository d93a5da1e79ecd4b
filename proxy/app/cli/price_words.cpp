#include "app/cli/price_words.hpp"

#include <fmt/format.h>

#include "app/cli/table.hpp"

namespace ferry::app {

std::vector<shown_price> shown_prices(const catalog::further_prices& further, price_unit unit) {
    std::vector<shown_price> all;
    for (const auto& one : catalog::further_names) {
        const auto& pico = further.*one.price;
        if (!pico) continue;
        const bool is_of_one = one.scale == money_scale;
        all.push_back(
            {std::string(one.name), is_of_one ? format_decimal(*pico, money_scale) : price_text(*pico, unit)});
    }
    return all;
}

std::vector<shown_price> shown_prices(const catalog::prices& tokens, const catalog::further_prices& further,
                                      price_unit unit) {
    std::vector<shown_price> all = {{"input", price_text(tokens.input, unit)},
                                    {"cached_input", price_text(tokens.cached_input, unit)},
                                    {"output", price_text(tokens.output, unit)}};
    for (auto& one : shown_prices(further, unit)) all.push_back(std::move(one));
    return all;
}

std::vector<shown_price> shown_prices(std::span<const catalog::unit_price> units) {
    std::vector<shown_price> all;
    for (const auto& one : units) all.push_back({one.unit, format_decimal(one.pico, money_scale)});
    return all;
}

std::string in_words(std::span<const shown_price> prices) {
    std::string text;
    for (const auto& one : prices) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", one.name, one.price);
    return text;
}

std::string as_object(std::span<const shown_price> prices) {
    json_object made;
    for (const auto& one : prices) made.text(one.name, one.price);
    return made.take();
}

std::string tier_words(const catalog::price_tier& tier, price_unit unit) {
    return fmt::format("above {} prompt tokens: {}", tier.above,
                       in_words(shown_prices(tier.price, tier.further, unit)));
}

}  // namespace ferry::app
