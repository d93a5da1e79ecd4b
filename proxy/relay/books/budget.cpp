#include "relay/books/budget.hpp"

#include <algorithm>
#include <limits>

#include "base/ending_faults.hpp"
#include "relay/books/limits.hpp"
#include "relay/exchange/await_answer.hpp"
#include "usage/price.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

using renewal = awaited_answer<bool>;

constexpr std::int64_t any_tokens = std::numeric_limits<std::int64_t>::max();

// By the dearest of those that may be asked.
struct dearest {
    std::int64_t input = 0, output = 0, unit = 0;

    explicit dearest(const catalog::route& route) {
        for (const auto* one : route.candidates) {
            input = std::max(input, one->price.input);
            output = std::max(output, one->price.output);
            for (const auto& each : one->unit_prices) unit = std::max(unit, each.pico);
        }
    }
};

std::int64_t most_tokens(const request& x) {
    if (x.operation.length_member.empty()) return 0;
    auto most = any_tokens;
    for (const auto asked : {x.asked.max_completion_tokens, x.asked.max_tokens}) {
        if (asked) most = std::min(most, std::max<std::int64_t>(*asked, 0));
    }
    const auto limit = x.who->max_output_tokens();
    if (limit >= 0) most = std::min(most, limit);
    return most;
}

// No token is shorter than a byte, and messages are framed by a few more than their JSON takes.
limits::cost_frame frame_of(const request& x) {
    const dearest price(x.route);
    const auto prompt = static_cast<std::int64_t>(x.body_bytes + (x.talk ? x.talk->history.size() : 0));
    const auto choices = std::max<std::int64_t>(x.asked.n.value_or(1), 1);
    const auto expected = expected_use(x);
    const auto pico = [](std::int64_t tokens, std::int64_t each) {
        return std::min(usage::with_units({}, tokens, each).pico, std::numeric_limits<std::int64_t>::max() / 4);
    };
    limits::cost_frame cost;
    cost.prompt_pico = pico(prompt, price.input);
    const auto most = most_tokens(x);
    const auto answer = most == any_tokens ? pico(any_tokens, price.output) : pico(most * choices, price.output);
    cost.worst_pico = std::min(cost.prompt_pico + answer, std::numeric_limits<std::int64_t>::max() / 4);
    cost.expected_pico = pico(expected.prompt, price.input) + pico(expected.answer, price.output);
    cost.output_price_pico = price.output * choices;
    // What is billed by units: nobody knows how many there will be. One, then, and the bill tells the rest.
    if (x.operation.unit != openai::unit_kind::tokens) {
        cost.expected_pico = std::max(cost.expected_pico, price.unit * choices);
        cost.worst_pico = std::max(cost.worst_pico, cost.expected_pico);
    }
    cost.expected_pico = std::min(cost.expected_pico, cost.worst_pico);
    return cost;
}

fault budget_is_slow() {
    return fault::self(fault_code::overloaded, "The budget of this key could not be looked at in time: try again.",
                       "The store did not answer within 500 ms.");
}

// Nothing: it must wait.
std::optional<std::optional<fault>> try_budget(request& x, const limits::cost_frame& cost) {
    auto outcome = x.core.budgets.reserve(x.who->limits, cost);
    if (!outcome.refused && outcome.must_wait) return std::nullopt;
    x.set_aside = std::move(outcome.in);
    x.most_output = outcome.most_output;
    x.budget_warning = std::move(outcome.warning);
    return std::move(outcome.refused);
}

}  // namespace

asio::awaitable<std::optional<fault>> admit_by_budget(request& x) {
    const auto cost = frame_of(x);
    const auto until = steady::now() + store_patience;
    for (;;) {
        auto done = try_budget(x, cost);
        if (done) co_return std::move(*done);
        if (x.gone) co_return client_has_left();
        if (x.stopping()) co_return ferry_is_stopping();
        if (steady::now() >= until) co_return budget_is_slow();
        const auto renewed = std::make_shared<renewal>(x.core.context);
        x.core.budgets.when_renewed([renewed] { renewal::give(renewed, true); });
        co_await await_answer(x, renewed, until);
    }
}

void settle_budget(request& x) {
    x.set_aside.settle(x.cost_pico);
    x.set_aside = {};
}

}  // namespace ferry::relay
