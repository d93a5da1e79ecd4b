#include "relay/books/bill.hpp"

#include "relay/books/units.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

namespace {

usage::token_prices token_prices_of(const catalog::prices& price) {
    return {price.input, price.output, price.cached_input};
}

const catalog::price_tier* tier_of(const catalog::candidate& row, const openai::token_usage& used) {
    return catalog::tier_for(row.tiers, used.prompt.value_or(0));
}

// Those of `all` that a line of the bill is at.
catalog::further_prices billed_ones(const catalog::further_prices& all, const usage::bill& bill) {
    catalog::further_prices made;
    for (const auto& line : bill.lines()) {
        switch (line.part) {
            case usage::bill_part::cache_write:
                made.cache_write = all.cache_write;
                break;
            case usage::bill_part::reasoning:
                made.reasoning = all.reasoning;
                break;
            case usage::bill_part::audio_input:
                made.audio_input = all.audio_input;
                break;
            case usage::bill_part::audio_output:
                made.audio_output = all.audio_output;
                break;
            case usage::bill_part::request:
                made.request = all.request;
                break;
            default:
                break;
        }
    }
    return made;
}

}  // namespace

usage::bill_prices prices_on(const catalog::candidate& row, const openai::token_usage& used) {
    const auto* tier = tier_of(row, used);
    if (tier == nullptr) return {token_prices_of(row.price), row.further, {}};
    return {token_prices_of(tier->price), tier->further, {}};
}

bool has_token_price(const catalog::candidate& row, const openai::token_usage& used) {
    const auto* tier = tier_of(row, used);
    return tier == nullptr ? row.price.is_known : tier->price.is_known;
}

void put_bill(const request& x, const billed_units& units, usage::end_record& record) {
    if (x.answered_by == nullptr) return;
    auto prices = prices_on(*x.answered_by, record.tokens);
    if (!units.is_request) prices.further.request.reset();
    prices.unit_pico = units.price_pico;
    const auto bill = usage::bill_of(prices, record.tokens, units.count.value_or(0));
    if (prices.tokens != token_prices_of(x.answered_by->price)) record.tier_price = prices.tokens;
    record.further = billed_ones(prices.further, bill);
    record.cost_pico = bill.total().pico;
    record.cost_is_saturated = bill.total().is_saturated;
}

}  // namespace ferry::relay
