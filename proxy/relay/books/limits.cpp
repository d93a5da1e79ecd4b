#include "relay/books/limits.hpp"

#include <fmt/format.h>

#include <algorithm>

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

// All choices together.
std::int64_t answer_tokens(const request& x, const catalog::candidate& first) {
    if (x.operation.length_member.empty()) return 0;
    const auto choices = std::max<std::int64_t>(x.asked.n.value_or(1), 1);
    auto expected = x.core.sizes.expected(x.who->key_id.value_or(0), first.id);
    for (const auto most : {x.asked.max_completion_tokens, x.asked.max_tokens}) {
        if (most) expected = std::min(expected, std::max<std::int64_t>(*most, 0) * choices);
    }
    const auto most = x.who->max_output_tokens();
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

token_use expected_use(const request& x) {
    if (x.route.candidates.empty() || x.operation.unit != openai::unit_kind::tokens) return {};
    const auto& first = *x.route.candidates.front();
    const bool is_json = x.operation.body == openai::body_kind::json;
    return {is_json ? expected_prompt(x, first) : 0, answer_tokens(x, first)};
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
    x.admitted.settle(tokens.total.value_or(tokens.prompt.value_or(0) + tokens.completion.value_or(0)));
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
