#pragma once

#include <cstdint>
#include <optional>

namespace ferry::openai {

// No request is larger, whatever an upstream says.
inline constexpr std::int64_t tokens_max = 100'000'000;

// What is to be known about counts beside their values.
struct usage_marks {
    bool odd = false;           // a member that is no count was passed over
    bool unreconciled = false;  // the counts contradict each other: they stand as they were said
    bool implausible = false;   // a count that was larger than any can be was left out

    friend bool operator==(const usage_marks&, const usage_marks&) = default;
};

// The tokens an upstream says it used, each absent when it did not say or said nonsense; each count that is said is
// 0..tokens_max. Reasoning tokens are part of `completion`, cached and cache-write tokens part of `prompt`, unless
// `unreconciled`.
struct token_usage {
    std::optional<std::int64_t> prompt, completion, total, cached, cache_write, reasoning, audio;
    std::optional<std::int64_t> audio_output{};  // of `audio`, those that are part of `completion`
    usage_marks marks{};

    bool has_counts() const { return prompt || completion || total; }
    bool is_whole() const { return prompt && completion; }

    friend bool operator==(const token_usage&, const token_usage&) = default;
};

// Of several usage objects of one answer the last counts, but none that says less than one before it.
inline void take_later(std::optional<token_usage>& known, const std::optional<token_usage>& later) {
    if (!later) return;
    if (!known || later->is_whole() || (later->has_counts() && !known->is_whole())) {
        known = later;
        return;
    }
    known->marks.odd = known->marks.odd || later->marks.odd;
    known->marks.implausible = known->marks.implausible || later->marks.implausible;
}

// The most tokens a request to a model with this context can have used in its prompt, or in each of its answers. The
// context is what an operator wrote down, and tokens are counted in more than one way: there is room for both.
inline std::int64_t plausible_tokens(std::optional<std::int64_t> context) {
    constexpr std::int64_t slack = 131'072;
    if (!context || *context <= 0 || *context > (tokens_max - slack) / 2) return tokens_max;
    return 2 * *context + slack;
}

// Leaves out, and marks, what a request to such a model with `answers` choices cannot have used.
inline void refuse_implausible(token_usage& usage, std::optional<std::int64_t> context, std::int64_t answers) {
    const auto most = plausible_tokens(context);
    const auto check = [&usage](std::optional<std::int64_t>& count, std::int64_t limit) {
        if (count.value_or(0) <= limit) return false;
        count.reset();
        usage.marks.implausible = true;
        return true;
    };
    const bool prompt = check(usage.prompt, most), completion = check(usage.completion, most * answers);
    if (prompt || completion) usage.total.reset();
    if (prompt) usage.cached = usage.cache_write = std::nullopt;
    if (completion) usage.reasoning.reset();
    check(usage.total, most * (answers + 1));
}

}  // namespace ferry::openai
