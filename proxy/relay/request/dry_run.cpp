#include "relay/request/dry_run.hpp"

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "net/token.hpp"
#include "openai/json_text.hpp"
#include "provider/provider.hpp"
#include "relay/exchange/row_speeds.hpp"
#include "relay/request/choice.hpp"

namespace ferry::relay {

namespace {

std::string money(std::int64_t pico) {
    return "\"" + format_decimal(pico, money_scale) + "\"";
}

std::string tell_candidate(const request& x, const catalog::candidate& row, const catalog::request_choice& choice) {
    using openai::quote_json;
    const bool is_by_id = choice.id == row.id;
    std::string text =
        fmt::format("{{\"model_id\":{},\"model\":{},\"provider\":{},\"upstream_model\":{}", row.id,
                    quote_json(row.model_name), quote_json(row.service->name), quote_json(row.upstream_model));
    text += ",\"why\":" + quote_json(catalog::reason_for(*x.pinned.models, row, x.route.model_name, is_by_id));
    text += ",\"expected_cost\":" + (row.price.is_known ? money(catalog::expected_cost(row, choice)) : "null");
    text += ",\"currency\":" + quote_json(row.currency);
    const auto speed = choice.speed_of ? choice.speed_of(row.id) : std::nullopt;
    text += ",\"ttft_ms\":" + (speed ? fmt::format("{}.{:03}", *speed / 1000, *speed % 1000) : "null");
    return text + "}";
}

}  // namespace

bool is_dry_run(const request& x) {
    const auto value = x.head.find("x-ferry-dry-run");
    return value && net::same_token(*value, "true");
}

std::string tell_dry_run(const request& x) {
    const auto choice = choice_of(x);
    auto text = fmt::format("{{\"object\":\"ferry.dry_run\",\"operation\":{},\"model\":{}",
                            openai::quote_json(x.operation_name), openai::quote_json(x.route.model_name));
    text += fmt::format(",\"expected_prompt_tokens\":{},\"expected_completion_tokens\":{},\"candidates\":[",
                        choice.prompt_tokens, choice.completion_tokens);
    bool is_first = true;
    for (const auto* row : x.route.candidates) {
        if (!std::exchange(is_first, false)) text += ',';
        text += tell_candidate(x, *row, choice);
    }
    return text + "]}";
}

}  // namespace ferry::relay
