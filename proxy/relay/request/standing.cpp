#include "relay/request/standing.hpp"

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "base/time_text.hpp"
#include "openai/fault_map.hpp"
#include "openai/json_text.hpp"
#include "relay/books/bill.hpp"

namespace ferry::relay {

namespace {

using openai::quote_json;

std::string amount(std::int64_t pico, int scale) {
    return quote_json(format_decimal(pico, scale));
}

// The members alone.
std::string parts_json(const catalog::prices& tokens, const catalog::further_prices& further) {
    auto text = fmt::format("\"input\":{},\"cached_input\":{},\"output\":{}", amount(tokens.input, price_scale),
                            amount(tokens.cached_input, price_scale), amount(tokens.output, price_scale));
    for (const auto& one : catalog::further_names) {
        if (const auto& pico = further.*one.price)
            text += fmt::format(",\"{}\":{}", one.name, amount(*pico, one.scale));
    }
    return text;
}

std::string line_json(const usage::bill_line& line) {
    const auto scale = usage::is_of_tokens(line.part) ? price_scale : money_scale;
    const auto cost = static_cast<int128>(line.count) * line.pico;
    return fmt::format("{{\"part\":\"{}\",\"count\":{},\"price\":{},\"cost\":{}}}", usage::to_text(line.part),
                       line.count, amount(line.pico, scale), quote_json(format_decimal(cost, money_scale)));
}

// Each with commas between them.
template <class Range, class Tell>
std::string list_json(const Range& all, const Tell& tell) {
    std::string text = "[";
    for (const auto& one : all) text += (text.size() > 1 ? "," : "") + tell(one);
    return text + "]";
}

}  // namespace

expected_bill bill_for(const catalog::candidate& row, std::int64_t prompt_tokens, std::int64_t completion_tokens) {
    openai::token_usage used;
    used.prompt = prompt_tokens;
    used.completion = completion_tokens;
    return {usage::bill_of(prices_on(row, used), used), catalog::tier_for(row.tiers, prompt_tokens),
            has_token_price(row, used)};
}

std::string prices_json(const catalog::candidate& row, const expected_bill& expected) {
    const auto* tier = expected.tier;
    const auto now = tier == nullptr ? parts_json(row.price, row.further) : parts_json(tier->price, tier->further);
    const auto tiers = list_json(row.tiers, [](const catalog::price_tier& one) {
        return fmt::format("{{\"above\":{},{}}}", one.above, parts_json(one.price, one.further));
    });
    std::string units;
    for (const auto& one : row.unit_prices) {
        units += fmt::format("{}{}:{}", units.empty() ? "" : ",", quote_json(one.unit), amount(one.pico, money_scale));
    }
    return fmt::format("\"prices\":{{{}}},\"tier_above\":{},\"tiers\":{},\"unit_prices\":{{{}}},\"expected_bill\":{}",
                       now, tier == nullptr ? "null" : std::to_string(tier->above), tiers, units,
                       expected.is_known ? list_json(expected.bill.lines(), line_json) : std::string("null"));
}

std::string limits_json(std::span<const limits::party_state> states) {
    return list_json(states, [](const limits::party_state& one) {
        return fmt::format("{{\"whose\":\"{}\",\"limit\":\"{}\",\"value\":{},\"used\":{},\"left\":{},\"refuses\":{}}}",
                           access::to_text(one.who), limits::to_text(one.is.of), one.is.limit, one.is.used,
                           one.is.left(), one.is.wait_ms.has_value());
    });
}

std::string budgets_json(std::span<const limits::budget_state> states, std::int64_t expected_pico) {
    return list_json(states, [expected_pico](const limits::budget_state& one) {
        const auto& limits = *one.limits;
        auto text = fmt::format("{{\"whose\":\"{}\",\"period\":\"{}\",\"mode\":\"{}\",\"budget\":{}",
                                access::to_text(limits.who), access::to_text(limits.period),
                                limits.is_soft ? "soft" : "hard", amount(limits.budget_pico, money_scale));
        text += ",\"spent\":" + (one.spent_pico ? amount(*one.spent_pico, money_scale) : "null");
        const auto left = std::max<std::int64_t>(limits.budget_pico - one.spent_pico.value_or(0), 0);
        text += ",\"left\":" + (one.spent_pico ? amount(left, money_scale) : "null");
        const bool is_total = limits.period == access::budget_period::total;
        text += ",\"begins_anew\":" + (is_total ? "null" : quote_json(time_text(one.end_us).substr(0, 16)));
        return text + fmt::format(",\"refuses\":{}}}", one.lacks(expected_pico));
    });
}

std::string refusal_json(const fault& refused) {
    const auto answer = openai::map_fault(refused);
    return fmt::format("{{\"status\":{},\"code\":{},\"message\":{}}}", answer.status, quote_json(answer.code),
                       quote_json(refused.message));
}

}  // namespace ferry::relay
