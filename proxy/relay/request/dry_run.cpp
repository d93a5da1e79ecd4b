#include "relay/request/dry_run.hpp"

#include <fmt/format.h>

#include "base/decimal.hpp"
#include "limits/steady_ms.hpp"
#include "net/token.hpp"
#include "openai/json_text.hpp"
#include "provider/provider.hpp"
#include "relay/books/budget.hpp"
#include "relay/books/limits.hpp"
#include "relay/exchange/circuits.hpp"
#include "relay/exchange/row_speeds.hpp"
#include "relay/request/choice.hpp"
#include "relay/request/standing.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// What stands against asking the row now.
std::string tell_circuit(const request& x, const catalog::candidate& row) {
    using openai::quote_json;
    const auto view = x.core.breakers.view(row, x.settings->relay.circuit, steady::now());
    if (!view) return "null";
    return fmt::format("{{\"level\":{},\"state\":{},\"refuses\":{},\"error_code\":{},\"left_ms\":{}}}",
                       quote_json(to_text(view->level)), quote_json(to_text(view->state)), view->refuses,
                       quote_json(view->error_code), view->left.count());
}

std::string tell_candidate(const request& x, const catalog::candidate& row, const catalog::request_choice& choice) {
    using openai::quote_json;
    const bool is_by_id = choice.id == row.id;
    std::string text =
        fmt::format("{{\"model_id\":{},\"model\":{},\"provider\":{},\"upstream_model\":{}", row.id,
                    quote_json(row.model_name), quote_json(row.service->name), quote_json(row.upstream_model));
    text += ",\"why\":" + quote_json(catalog::reason_for(*x.pinned.models, row, x.route.model_name, is_by_id));
    const auto expected = bill_for(row, choice.prompt_tokens, choice.completion_tokens);
    const auto cost = format_decimal(expected.bill.total().pico, money_scale);
    text += ",\"expected_cost\":" + (expected.is_known ? quote_json(cost) : "null");
    text += ",\"currency\":" + quote_json(row.currency) + "," + prices_json(row, expected);
    const auto speed = choice.speed_of ? choice.speed_of(row.id) : std::nullopt;
    text += ",\"ttft_ms\":" + (speed ? fmt::format("{}.{:03}", *speed / 1000, *speed % 1000) : "null");
    text += ",\"circuit\":" + tell_circuit(x, row);
    return text + "}";
}

}  // namespace

bool is_dry_run(const request& x) {
    const auto value = x.head.find("x-ferry-dry-run");
    return value && net::same_token(*value, "true");
}

asio::awaitable<std::string> tell_dry_run(request& x) {
    // What limits let through would be counted; what budgets set aside is given back, and has cost nothing.
    const auto counted = expected_use(x).prompt + expected_use(x).answer;
    const auto states = x.core.limiter.look(x.who->limits, counted, limits::steady_ms());
    auto refused = limits::refusal_of(states);
    if (has_budget(x)) {
        auto lacking = co_await admit_by_budget(x);
        if (!refused) refused = std::move(lacking);
        x.set_aside = {};
    }
    const auto budgets = x.core.budgets.look(x.who->limits);
    const auto choice = choice_of(x);
    const auto& first = *x.route.candidates.front();
    const auto nano = x.core.budgets.rate_of(*x.core.budgets.options(), first.currency);
    const auto first_pico =
        limits::at_rate(bill_for(first, choice.prompt_tokens, choice.completion_tokens).bill.total().pico, nano);
    auto text = fmt::format("{{\"object\":\"ferry.dry_run\",\"operation\":{},\"model\":{}",
                            openai::quote_json(x.operation_name), openai::quote_json(x.route.model_name));
    text += ",\"refused\":" + (refused ? refusal_json(*refused) : "null");
    text += ",\"limits\":" + limits_json(states) + fmt::format(",\"counted_tokens\":{}", counted);
    text += ",\"budgets\":" + budgets_json(budgets, first_pico);
    const auto most = most_output_of(x);
    text += ",\"max_output_tokens\":" + (most < 0 ? "null" : std::to_string(most));
    text += fmt::format(",\"expected_prompt_tokens\":{},\"expected_completion_tokens\":{},\"candidates\":[",
                        choice.prompt_tokens, choice.completion_tokens);
    bool is_first = true;
    for (const auto* row : x.route.candidates) {
        if (!std::exchange(is_first, false)) text += ',';
        text += tell_candidate(x, *row, choice);
    }
    co_return text + "]}";
}

}  // namespace ferry::relay
