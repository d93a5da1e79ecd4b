#include "relay/books/limits.hpp"

#include <algorithm>

#include "base/ending_faults.hpp"
#include "base/number_text.hpp"
#include "limits/steady_ms.hpp"
#include "openai/json_walk.hpp"
#include "provider/request_edits.hpp"
#include "relay/books/estimate.hpp"
#include "relay/exchange/await_answer.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

bool limits_tokens(const access::principal& who) {
    return std::any_of(who.limits.begin(), who.limits.end(),
                       [](const access::party_limits& one) { return one.limits_tokens(); });
}

std::optional<std::int64_t> number_named(const request& x, std::string_view name) {
    const auto at = provider::where(x.asked, x.body.view(), name);
    if (!at) return std::nullopt;
    return parse_number(x.body.view().substr(at->value.begin, at->value.end - at->value.begin));
}

// Of a list of texts, or of lists of tokens, each is one of its own.
std::int64_t prompts_of(const request& x) {
    const auto& at = x.asked.where(openai::member::prompt);
    if (!at) return 1;
    std::int64_t count = 0;
    openai::for_each_element(x.body.view().substr(at->value.begin, at->value.end - at->value.begin),
                             [&count](std::string_view element) {
                                 count += element.front() == '"' || element.front() == '[' ? 1 : 0;
                                 return true;
                             });
    return std::max<std::int64_t>(count, 1);
}

// All choices together. `expected`: what answers mostly are.
std::int64_t answer_tokens(const request& x, std::int64_t expected) {
    if (x.operation.length_member.empty()) return 0;
    const auto choices = choices_of(x), asked = asked_length(x), most = x.who->max_output_tokens();
    if (asked > 0) expected = std::min(expected, asked * choices);
    return most < 0 ? expected : std::min(expected, most * choices);
}

bool has_prompt(const request& x) {
    return x.operation.body == openai::body_kind::json && x.operation.unit == openai::unit_kind::tokens &&
           !x.route.candidates.empty();
}

void read_prompt(const request& x, token_use& use) {
    const auto read = expected_prompt(x, *x.route.candidates.front());
    use.prompt = read.tokens;
    use.is_text_alone = read.is_text_alone;
}

std::optional<fault> try_limits(request& x, bool is_patient) {
    const auto expected = limits_tokens(*x.who) ? expected_use(x) : token_use();
    auto admission =
        x.core.limiter.admit(x.who->limits, expected.prompt + expected.answer, limits::steady_ms(), is_patient);
    x.awaits_limits = admission.must_wait;
    x.admitted = std::move(admission.in);
    x.allowed = admission.left;
    return std::move(admission.refused);
}

// As OpenAI writes spans: "0s", "120ms", "1s", "6m0s".
void add_span(text_buffer& head, std::int64_t ms) {
    if (ms > 0 && ms < 1000) {
        head.add(ms).add("ms");
        return;
    }
    const auto seconds = (ms + 999) / 1000;
    if (seconds >= 3600) head.add(seconds / 3600).add("h");
    if (seconds >= 60) head.add(seconds / 60 % 60).add("m");
    head.add(seconds % 60).add("s");
}

void add_allowance(text_buffer& head, std::string_view what, const limits::allowance& allowed) {
    if (allowed.limit < 0) return;
    head.add("x-ratelimit-limit-").add(what).add(": ").add(allowed.limit);
    head.add("\r\nx-ratelimit-remaining-").add(what).add(": ").add(allowed.remaining);
    head.add("\r\nx-ratelimit-reset-").add(what).add(": ");
    add_span(head, allowed.reset_ms);
    head.add("\r\n");
}

}  // namespace

std::int64_t choices_of(const request& x) {
    constexpr std::int64_t most = 100'000;
    const auto n = std::max<std::int64_t>(x.asked.n.value_or(1), 1);
    if (x.operation.words != openai::wording::usage) return std::min(n, most);
    const auto best_of = std::clamp<std::int64_t>(number_named(x, "best_of").value_or(1), 1, most);
    return std::min(std::max(n, best_of) * prompts_of(x), most);
}

std::int64_t asked_length(const request& x) {
    constexpr std::int64_t most = std::int64_t{1} << 40;
    auto length = number_named(x, x.operation.length_member).value_or(0);
    // Where both are there nobody knows which one counts.
    if (x.operation.words == openai::wording::chat)
        length = std::max(length, x.asked.max_completion_tokens.value_or(0));
    return std::clamp<std::int64_t>(length, 0, most);
}

bool is_bill_unknown(const request& x) {
    const bool is_whole = x.answered_by != nullptr && x.end.reason == usage::end_reason::done;
    const bool counts_tokens = x.operation.unit == openai::unit_kind::tokens;
    return is_whole && counts_tokens && !x.bill.tokens.has_counts() && !x.said.is_late();
}

std::size_t prompt_bytes(const request& x) {
    return x.body_bytes + (x.talk ? x.talk->history.size() : 0);
}

const token_use& expected_use(request& x) {
    if (x.expected) return *x.expected;
    auto& use = x.expected.emplace();
    use.is_text_alone = true;
    if (x.route.candidates.empty() || x.operation.unit != openai::unit_kind::tokens) return use;
    const auto row = x.route.candidates.front()->id;
    const auto guess = x.core.sizes.expected(x.who->key_id.value_or(0), row, prompt_bytes(x));
    use.answer = answer_tokens(x, guess.answer);
    if (!has_prompt(x)) return use;
    if (!guess.prompt) {
        read_prompt(x, use);
        return use;
    }
    use.prompt = *guess.prompt;
    use.is_text_alone.reset();
    return use;
}

const token_use& read_use(request& x) {
    expected_use(x);
    auto& use = *x.expected;
    if (!use.is_text_alone && has_prompt(x)) read_prompt(x, use);
    return use;
}

std::optional<fault> admit_by_limits(request& x) {
    if (x.who->limits.empty()) return std::nullopt;
    return try_limits(x, true);
}

asio::awaitable<std::optional<fault>> admit_when_told(request& x) {
    const auto told = std::make_shared<awaited_answer<bool>>(x.core.context);
    x.core.limiter.when_told([told] { awaited_answer<bool>::give(told, true); });
    const auto until = steady::now() + store_patience;
    co_await await_answer(x, told, until);
    if (x.gone) co_return client_has_left();
    if (x.stopping()) co_return ferry_is_stopping();
    co_return try_limits(x, false);
}

void settle_limits(request& x) {
    if (!x.admitted) return;
    const auto& tokens = x.bill.tokens;
    const auto used = tokens.total.value_or(tokens.prompt.value_or(0) + tokens.completion.value_or(0));
    if (!is_bill_unknown(x)) x.admitted.settle(used, limits::steady_ms());
    // Whoever has the whole answer may ask again at once.
    x.admitted = {};
    const bool is_whole = x.end.reason == usage::end_reason::done && x.answered_by != nullptr;
    if (!is_whole) return;
    const auto key = x.who->key_id.value_or(0), row = x.answered_by->id;
    if (tokens.completion) x.core.sizes.learn_answer(key, row, *tokens.completion);
    if (tokens.prompt && has_prompt(x)) x.core.sizes.learn_prompt(key, row, prompt_bytes(x), *tokens.prompt);
}

void add_limit_headers(const request& x, text_buffer& head) {
    const auto& allowed = x.allowed;
    if (allowed.requests.limit < 0 && allowed.tokens.limit < 0) {
        head.add(x.upstream_limits);
        return;
    }
    add_allowance(head, "requests", allowed.requests);
    add_allowance(head, "tokens", allowed.tokens);
}

}  // namespace ferry::relay
