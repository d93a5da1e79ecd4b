#include "relay/books/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/number_text.hpp"
#include "openai/json_walk.hpp"
#include "provider/request_edits.hpp"
#include "relay/books/estimate.hpp"

namespace ferry::relay {

namespace {

std::int64_t steady_ms(steady::time_point at) {
    return std::chrono::duration_cast<milliseconds>(at.time_since_epoch()).count();
}

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

// All choices together.
std::int64_t answer_tokens(const request& x, const catalog::candidate& first) {
    if (x.operation.length_member.empty()) return 0;
    const auto choices = choices_of(x), asked = asked_length(x), most = x.who->max_output_tokens();
    auto expected = x.core.sizes.expected(x.who->key_id.value_or(0), first.id);
    if (asked > 0) expected = std::min(expected, asked * choices);
    return most < 0 ? expected : std::min(expected, most * choices);
}

// As OpenAI writes spans: "1s", "6m0s", "120ms".
std::string span_text(std::int64_t ms) {
    if (ms < 1000) return fmt::format("{}ms", ms);
    const auto seconds = (ms + 999) / 1000;
    if (seconds < 60) return fmt::format("{}s", seconds);
    if (seconds < 3600) return fmt::format("{}m{}s", seconds / 60, seconds % 60);
    return fmt::format("{}h{}m{}s", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

void add_allowance(text_buffer& head, std::string_view what, const limits::allowance& allowed) {
    if (allowed.limit < 0) return;
    head.add("x-ratelimit-limit-").add(what).add(": ").add(allowed.limit);
    head.add("\r\nx-ratelimit-remaining-").add(what).add(": ").add(allowed.remaining);
    head.add("\r\nx-ratelimit-reset-").add(what).add(": ").add(span_text(allowed.reset_ms)).add("\r\n");
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

const token_use& expected_use(request& x) {
    if (x.expected) return *x.expected;
    auto& use = x.expected.emplace();
    if (x.route.candidates.empty() || x.operation.unit != openai::unit_kind::tokens) return use;
    const auto& first = *x.route.candidates.front();
    if (x.operation.body == openai::body_kind::json) {
        const auto prompt = expected_prompt(x, first);
        use.prompt = prompt.tokens;
        use.is_text_alone = prompt.is_text_alone;
    }
    use.answer = answer_tokens(x, first);
    return use;
}

std::optional<fault> admit_by_limits(request& x) {
    if (x.who->limits.empty()) return std::nullopt;
    const auto expected = limits_tokens(*x.who) ? expected_use(x) : token_use();
    auto admission = x.core.limiter.admit(x.who->limits, expected.prompt + expected.answer, steady_ms(steady::now()));
    x.admitted = std::move(admission.in);
    x.allowed = admission.left;
    return std::move(admission.refused);
}

void settle_limits(request& x) {
    if (!x.admitted) return;
    const auto& tokens = x.bill.tokens;
    const auto used = tokens.total.value_or(tokens.prompt.value_or(0) + tokens.completion.value_or(0));
    if (!is_bill_unknown(x)) x.admitted.settle(used, steady_ms(steady::now()));
    // Whoever has the whole answer may ask again at once.
    x.admitted = {};
    const bool is_whole = x.end.reason == usage::end_reason::done && x.answered_by != nullptr;
    if (is_whole && tokens.completion) {
        x.core.sizes.learn(x.who->key_id.value_or(0), x.answered_by->id, *tokens.completion);
    }
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
