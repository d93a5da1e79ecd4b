#include "usage/row_bill.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>

namespace ferry::usage {

namespace json = boost::json;

namespace {

constexpr std::string_view audio_output_tokens = "audio_output_tokens";

fault unreadable() {
    return fault::self(fault_code::internal_error,
                       "the column `prices` of the row is not what Ferry writes there, a JSON object of integers");
}

}  // namespace

std::optional<std::string> prices_column(const catalog::further_prices& further, const openai::token_usage& used) {
    if (!further.has_any()) return std::nullopt;
    json::object all;
    for (const auto& one : catalog::further_names) {
        if (const auto& price = further.*one.price) all[one.name] = *price;
    }
    if (used.audio_output.value_or(0) > 0) all[audio_output_tokens] = *used.audio_output;
    return json::serialize(all);
}

result<bill> bill_of(const store::usage_row& row) {
    bill_prices prices;
    prices.tokens = {row.input_price_pico, row.output_price_pico, row.cached_price_pico};
    prices.unit_pico = row.unit_price_pico;
    openai::token_usage used;
    used.prompt = row.prompt_tokens;
    used.completion = row.completion_tokens;
    used.cached = row.cached_tokens;
    used.cache_write = row.cache_write_tokens;
    used.reasoning = row.reasoning_tokens;
    used.audio = row.audio_tokens;
    if (row.prices) {
        boost::system::error_code error;
        const auto parsed = json::parse(*row.prices, error);
        const auto* members = error ? nullptr : parsed.if_object();
        if (members == nullptr) return unreadable();
        for (const auto& member : *members) {
            const auto* value = member.value().if_int64();
            if (value == nullptr) return unreadable();
            if (member.key() == audio_output_tokens) used.audio_output = *value;
            for (const auto& one : catalog::further_names) {
                if (member.key() == one.name) prices.further.*one.price = *value;
            }
        }
    }
    return bill_of(prices, used, row.units.value_or(0));
}

}  // namespace ferry::usage
