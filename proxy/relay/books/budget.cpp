#include "relay/books/budget.hpp"

#include <algorithm>
#include <limits>

#include "base/decimal.hpp"
#include "base/ending_faults.hpp"
#include "relay/books/limits.hpp"
#include "relay/exchange/await_answer.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

using renewal = awaited_answer<bool>;

// No answer is longer, where nobody says how long it may be.
constexpr std::int64_t longest_answer = 1'000'000;
// What counts many tokens in few bytes: an image elsewhere, a file, what a provider keeps.
constexpr std::int64_t unseen_tokens = 50'000;

// By the dearest of those that may be asked, in the currency of budgets.
struct dearest {
    std::int64_t input = 0, output = 0, request = 0, unit = 0;
    std::int64_t context = 0;  // the largest; 0: one of them is not known

    dearest(const catalog::route& route, limits::budgets& budgets) {
        bool is_known = true;
        const auto chosen = budgets.options();
        for (const auto* one : route.candidates) {
            const auto nano = budgets.rate_of(*chosen, one->currency);
            take(one->price, one->further, nano);
            for (const auto& tier : one->tiers) take(tier.price, tier.further, nano);
            for (const auto& each : one->unit_prices) unit = std::max(unit, limits::at_rate_up(each.pico, nano));
            is_known = is_known && one->max_context_tokens.has_value();
            context = std::max(context, one->max_context_tokens.value_or(0));
        }
        if (!is_known) context = 0;
    }

private:
    void take(const catalog::prices& price, const catalog::further_prices& further, std::int64_t nano) {
        const auto of = [](const std::optional<std::int64_t>& pico) { return pico.value_or(0); };
        const auto dearer = [nano](std::int64_t& than, std::int64_t pico) {
            than = std::max(than, limits::at_rate_up(pico, nano));
        };
        dearer(input, std::max({price.input, price.cached_input, of(further.cache_write), of(further.audio_input)}));
        dearer(output, std::max({price.output, of(further.reasoning), of(further.audio_output)}));
        dearer(request, of(further.request));
    }
};

// Of each choice.
std::int64_t most_tokens(const request& x, const dearest& price) {
    if (x.operation.length_member.empty()) return 0;
    const auto asked = asked_length(x), limit = x.who->max_output_tokens();
    const auto most = asked > 0 ? asked : price.context > 0 ? price.context : longest_answer;
    return limit < 0 ? most : std::min(most, limit);
}

// No token is shorter than a byte, and messages are framed by a few more than their JSON takes.
std::int64_t most_prompt_tokens(const request& x, const token_use& expected, const dearest& price) {
    const auto bytes = static_cast<std::int64_t>(prompt_bytes(x));
    const auto unseen = 2 * expected.prompt + unseen_tokens;
    const auto most = expected.is_text_alone ? (*expected.is_text_alone ? bytes : unseen) : std::max(bytes, unseen);
    return price.context > 0 ? std::min(most, price.context) : most;
}

// What such work is billed by, as far as the request tells it.
std::int64_t most_units(const request& x) {
    const auto known = x.asked_characters ? *x.asked_characters : x.asked_bytes.value_or(0);
    return std::max(known, std::max<std::int64_t>(x.asked.n.value_or(1), 1));
}

limits::cost_frame frame_of(const request& x, const token_use& expected) {
    constexpr auto most_pico = std::numeric_limits<std::int64_t>::max() / 8;
    const dearest price(x.route, x.core.budgets);
    const auto choices = choices_of(x);
    const auto pico = [](std::int64_t count, std::int64_t each) {
        return static_cast<std::int64_t>(std::min<int128>(static_cast<int128>(count) * each, most_pico));
    };
    limits::cost_frame cost;
    cost.is_rough = !expected.is_text_alone;
    cost.prompt_pico = pico(most_prompt_tokens(x, expected, price), price.input) + price.request;
    cost.worst_pico = cost.prompt_pico + pico(most_tokens(x, price) * choices, price.output);
    cost.expected_pico = pico(expected.prompt, price.input) + pico(expected.answer, price.output) + price.request;
    cost.output_price_pico = pico(choices, price.output);
    if (x.operation.unit != openai::unit_kind::tokens) cost.expected_pico += pico(most_units(x), price.unit);
    cost.worst_pico = std::max(cost.worst_pico, cost.expected_pico);
    return cost;
}

fault budget_is_slow() {
    return fault::self(fault_code::overloaded, "The budget of this key could not be looked at in time: try again.",
                       "The store did not answer within 500 ms.");
}

// Nothing: it must wait.
std::optional<std::optional<fault>> try_budget(request& x, bool is_patient) {
    auto outcome = x.core.budgets.reserve(x.who->limits, frame_of(x, expected_use(x)), is_patient);
    if (outcome.must_look) outcome = x.core.budgets.reserve(x.who->limits, frame_of(x, read_use(x)), is_patient);
    if (!outcome.refused && outcome.must_wait) return std::nullopt;
    x.set_aside = std::move(outcome.in);
    x.most_output = outcome.most_output;
    x.budget_warning = std::move(outcome.warning);
    return std::move(outcome.refused);
}

}  // namespace

asio::awaitable<std::optional<fault>> admit_by_budget(request& x) {
    const auto until = steady::now() + store_patience;
    for (;;) {
        const bool is_patient = steady::now() < until;
        auto done = try_budget(x, is_patient);
        if (done) co_return std::move(*done);
        if (!is_patient) co_return budget_is_slow();
        if (x.gone) co_return client_has_left();
        if (x.stopping()) co_return ferry_is_stopping();
        const auto renewed = std::make_shared<renewal>(x.core.context);
        x.core.budgets.when_renewed([renewed] { renewal::give(renewed, true); });
        co_await await_answer(x, renewed, until);
    }
}

std::int64_t most_output_of(const request& x) {
    const auto limit = x.who->max_output_tokens();
    if (limit < 0 || x.most_output < 0) return std::max(limit, x.most_output);
    return std::min(limit, x.most_output);
}

bool adds_length(const request& x) {
    const auto has = [&x](openai::member which) { return x.asked.where(which).has_value(); };
    return most_output_of(x) >= 0 && !has(openai::member::max_tokens) && !has(openai::member::max_completion_tokens);
}

void settle_budget(request& x) {
    if (!x.set_aside) return;
    if (is_bill_unknown(x)) {
        x.set_aside.settle_as_expected();
    } else if (x.answered_by != nullptr) {
        auto& budgets = x.core.budgets;
        const auto nano = budgets.rate_of(*budgets.options(), x.answered_by->currency);
        x.set_aside.settle(limits::at_rate(x.cost_pico, nano));
    }
    x.set_aside = {};
}

}  // namespace ferry::relay
