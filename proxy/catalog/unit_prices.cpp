#include "catalog/unit_prices.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <optional>
#include <string>

#include "base/number_text.hpp"
#include "catalog/bad_row.hpp"
#include "catalog/json_members.hpp"
#include "catalog/text_rules.hpp"
#include "openai/json_walk.hpp"
#include "openai/token_usage.hpp"

namespace ferry::catalog {
namespace {

constexpr std::string_view known_names =
    "write images, seconds, characters, bytes, searches, pages or requests, and behind a colon which of them; or "
    "cache_write, reasoning, audio_input, audio_output, request or tiers";

fault bad_prices(std::string why) {
    return bad_row("unit_prices: " + std::move(why));
}

bool is_unit(std::string_view name) {
    using openai::unit_kind;
    for (auto one = unit_kind::images; one <= unit_kind::requests;
         one = static_cast<unit_kind>(static_cast<int>(one) + 1)) {
        if (openai::to_text(one) == name) return true;
    }
    return false;
}

// A number as it is written, or the text of a string.
std::string text_of_value(std::string_view value) {
    boost::system::error_code error;
    const boost::json::value parsed = boost::json::parse({value.data(), value.size()}, error);
    const auto* text = error ? nullptr : parsed.if_string();
    return text == nullptr ? std::string(value) : std::string(text->begin(), text->end());
}

result<std::int64_t> price_in(const json_member& member, int scale) {
    const auto pico = parse_decimal(text_of_value(member.value), scale);
    if (pico) return *pico;
    return bad_prices("the price of '" + printable(member.name) + "' is no decimal of at most " +
                      std::to_string(scale) + " places, or negative");
}

// Whether `member` is one of the further prices; then it is put there.
result<bool> take_further(const json_member& member, further_prices& into) {
    for (const auto& known : further_names) {
        if (member.name != known.name) continue;
        const auto pico = price_in(member, known.scale);
        if (!pico) return pico.error();
        into.*known.price = *pico;
        return true;
    }
    return false;
}

struct tier_names {
    std::optional<std::int64_t> above, input, output, cached_input;
};

result<bool> take_tier_member(const json_member& member, tier_names& into) {
    if (member.name == "above") {
        into.above = parse_number(member.value);
        if (into.above && *into.above >= 1 && *into.above <= openai::tokens_max) return true;
        return bad_prices("'above' of a tier must be a number of prompt tokens, such as 128000");
    }
    const std::pair<std::string_view, std::optional<std::int64_t>*> known[] = {
        {"input", &into.input}, {"output", &into.output}, {"cached_input", &into.cached_input}};
    for (const auto& [name, price] : known) {
        if (member.name != name) continue;
        const auto pico = price_in(member, price_scale);
        if (!pico) return pico.error();
        *price = *pico;
        return true;
    }
    return false;
}

result<price_tier> parse_tier(std::string_view text, const prices& base, bool cached_is_own) {
    const auto members = split_members(text);
    if (!members) return bad_prices("a tier is no JSON object such as {\"above\": 128000, \"input\": \"0.006\"}");
    tier_names said;
    price_tier made;
    for (const json_member& member : *members) {
        auto is_known = take_tier_member(member, said);
        if (is_known && !*is_known) is_known = take_further(member, made.further);
        if (!is_known) return is_known.error();
        if (!*is_known)
            return bad_prices("'" + printable(member.name) +
                              "' is no price of a tier: write above, input, output, "
                              "cached_input, cache_write, reasoning, audio_input, audio_output or request");
    }
    if (!said.above) return bad_prices("a tier lacks 'above', the number of prompt tokens past which it holds");
    made.above = *said.above;
    made.price.input = said.input.value_or(base.input);
    made.price.output = said.output.value_or(base.output);
    made.price.cached_input = said.cached_input.value_or(cached_is_own ? base.cached_input : made.price.input);
    made.price.is_known = base.is_known || (said.input && said.output);
    return made;
}

void inherit(further_prices& tier, const further_prices& base) {
    for (const auto& one : further_names) {
        if (!(tier.*one.price)) tier.*one.price = base.*one.price;
    }
}

result<std::vector<price_tier>> parse_tiers(std::string_view array, const prices& base, bool cached_is_own) {
    std::vector<price_tier> tiers;
    if (!array.starts_with('['))
        return bad_prices("'tiers' is no list such as [{\"above\": 128000, \"input\": \"0.006\"}]");
    std::optional<fault> wrong;
    openai::for_each_element(array, [&](std::string_view element) {
        auto tier = parse_tier(element, base, cached_is_own);
        if (!tier) wrong = tier.error();
        if (tier) tiers.push_back(*tier);
        return !wrong;
    });
    if (wrong) return *wrong;
    const auto by_above = [](const price_tier& a, const price_tier& b) { return a.above < b.above; };
    std::sort(tiers.begin(), tiers.end(), by_above);
    const auto twin = std::adjacent_find(tiers.begin(), tiers.end(),
                                         [](const price_tier& a, const price_tier& b) { return a.above == b.above; });
    if (twin != tiers.end()) return bad_prices("two tiers are above " + std::to_string(twin->above) + " tokens");
    return tiers;
}

}  // namespace

result<named_prices> parse_unit_prices(std::string_view column, const prices& base, bool cached_is_own) {
    named_prices made;
    if (column.empty()) return made;
    const auto members = split_members(column);
    if (!members)
        return bad_row("unit_prices is not a JSON object with each name once, such as {\"images\": \"0.04\"}");
    for (const json_member& member : *members) {
        if (member.name == "tiers") {
            auto tiers = parse_tiers(member.value, base, cached_is_own);
            if (!tiers) return tiers.error();
            made.tiers = std::move(*tiers);
            continue;
        }
        const auto is_further = take_further(member, made.further);
        if (!is_further) return is_further.error();
        if (*is_further) continue;
        if (!is_unit(std::string_view(member.name).substr(0, member.name.find(':'))))
            return bad_prices("'" + printable(member.name) + "' is no unit and no price: " + std::string(known_names));
        const auto pico = price_in(member, money_scale);
        if (!pico) return pico.error();
        made.units.push_back({member.name, *pico});
    }
    for (auto& tier : made.tiers) inherit(tier.further, made.further);
    return made;
}

}  // namespace ferry::catalog
