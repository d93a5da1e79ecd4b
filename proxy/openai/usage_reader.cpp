#include "openai/usage_reader.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace ferry::openai {
namespace {

using count = std::optional<std::int64_t>;

bool positive(count c) {
    return c.value_or(0) > 0;
}

// A count that is 0 or missing gives way to one that is not.
void prefer(count& into, count other) {
    if (!positive(into) && other) into = other;
}

count parse(std::string_view text, usage_marks& marks) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    const bool is_number = stop == end && !text.empty() && text.back() >= '0' && text.back() <= '9' &&
                           text.front() >= '0' && text.front() <= '9';
    const bool is_huge = is_number && (error == std::errc::result_out_of_range || value > tokens_max);
    if (is_huge) marks.implausible = true;
    if (is_huge || error != std::errc() || !is_number || !(value >= 0)) {
        marks.odd = marks.odd || !is_huge;
        return std::nullopt;
    }
    return static_cast<std::int64_t>(std::ceil(value));
}

// What may stand beside prompt and completion, or be left out of a total.
struct extras {
    std::int64_t reasoning = 0, read = 0, written = 0;
};

// The extras that together are `sum`; nothing if none are.
std::optional<extras> explain(std::int64_t sum, const extras& all) {
    struct choice {
        bool reasoning, read, written;
    };
    static constexpr auto choices = std::to_array<choice>({{true, false, false},
                                                           {false, true, true},
                                                           {false, true, false},
                                                           {false, false, true},
                                                           {true, true, true},
                                                           {true, true, false},
                                                           {true, false, true}});
    for (const auto& each : choices) {
        const extras part{each.reasoning ? all.reasoning : 0, each.read ? all.read : 0, each.written ? all.written : 0};
        if (part.reasoning + part.read + part.written == sum) return part;
    }
    return std::nullopt;
}

// Prompt, completion and total were said.
void compare_with_total(token_usage& usage, const extras& beside) {
    const auto rest = *usage.total - *usage.prompt - *usage.completion;
    if (rest > 0) {
        if (const auto part = explain(rest, beside)) {
            *usage.prompt += part->read + part->written;
            *usage.completion += part->reasoning;
        } else {
            *usage.completion += rest;
            prefer(usage.reasoning, rest);
        }
    } else if (rest < 0) {
        if (explain(-rest, beside))
            *usage.total -= rest;
        else
            usage.marks.unreconciled = true;
    }
}

// One of them was not.
void complete_by_total(token_usage& usage) {
    auto& missing = positive(usage.prompt) ? usage.completion : usage.prompt;
    const auto& said = positive(usage.prompt) ? usage.prompt : usage.completion;
    if (!said || *usage.total < *said)
        usage.marks.unreconciled = true;
    else
        missing = *usage.total - *said;
}

// Nobody says what the parts are parts of: what is larger than its whole stands beside it.
void add_what_is_larger(token_usage& usage) {
    const auto from_cache = usage.cached.value_or(0), written = usage.cache_write.value_or(0);
    if (usage.prompt && from_cache > *usage.prompt) *usage.prompt += from_cache + written;
    if (usage.completion && usage.reasoning.value_or(0) > *usage.completion) *usage.completion += *usage.reasoning;
}

}  // namespace

std::optional<token_usage> reconcile(const said_counts& said) {
    token_usage usage;
    usage.marks = said.marks;
    usage.prompt = said.prompt;
    usage.completion = said.completion;
    usage.total = said.total;
    prefer(usage.prompt, said.input);
    if (said.hits && said.misses) prefer(usage.prompt, *said.hits + *said.misses);
    prefer(usage.completion, said.output);
    for (const auto& other : {said.cached, said.hits, said.beside, said.reads}) prefer(usage.cached, other);
    for (const auto& other : {said.writes, said.writes_beside}) prefer(usage.cache_write, other);
    usage.reasoning = said.reasoning;
    usage.audio = said.audio;
    usage.audio_output = said.audio_output;
    if (!positive(usage.prompt) && !positive(usage.completion) && !positive(usage.total)) {
        usage = {};
        usage.marks = said.marks;
        return said.marks.implausible ? std::optional(usage) : std::nullopt;
    }
    extras beside{usage.reasoning.value_or(0), usage.cached.value_or(0), usage.cache_write.value_or(0)};
    const bool is_beside_input = !positive(said.prompt) && said.input && (said.reads || said.writes_beside);
    if (is_beside_input) {
        const auto whole = *usage.prompt + beside.read + beside.written;
        const auto sum = usage.completion.value_or(0) + *usage.prompt;
        // Some add the total up without the cache.
        if (usage.total && usage.completion && *usage.total == sum) usage.total = usage.completion.value_or(0) + whole;
        usage.prompt = whole;
        beside.read = beside.written = 0;
    }
    if (!positive(usage.total))
        add_what_is_larger(usage);
    else if (positive(usage.prompt) && usage.completion)
        compare_with_total(usage, beside);
    else
        complete_by_total(usage);
    const bool has_too_large_a_part = (usage.prompt && usage.cached.value_or(0) > *usage.prompt) ||
                                      (usage.completion && usage.reasoning.value_or(0) > *usage.completion);
    usage.marks.unreconciled = usage.marks.unreconciled || has_too_large_a_part;
    return usage;
}

void usage_reader::take(fact leaf, std::string_view text) {
    const count value = parse(text, said_.marks);
    switch (leaf) {
        case fact::prompt_tokens:
            said_.prompt = value;
            break;
        case fact::completion_tokens:
            said_.completion = value;
            break;
        case fact::total_tokens:
            said_.total = value;
            break;
        case fact::input_tokens:
            said_.input = value;
            break;
        case fact::output_tokens:
            said_.output = value;
            break;
        case fact::cached_in_details:
            said_.cached = value;
            break;
        case fact::cached_hits:
            said_.hits = value;
            break;
        case fact::cached_misses:
            said_.misses = value;
            break;
        case fact::cached_beside:
            said_.beside = value;
            break;
        case fact::cache_reads:
            said_.reads = value;
            break;
        case fact::cache_writes:
            prefer(said_.writes, value);
            break;
        case fact::cache_writes_beside:
            said_.writes_beside = value;
            break;
        case fact::reasoning_tokens:
            prefer(said_.reasoning, value);
            break;
        case fact::audio_tokens:
            if (value) said_.audio = said_.audio.value_or(0) + *value;
            break;
        case fact::audio_output_tokens:
            if (value) said_.audio = said_.audio.value_or(0) + *value;
            said_.audio_output = value;
            break;
        case fact::timings_cached:
            timings_cached_ = value;
            break;
        default:
            break;
    }
}

void usage_reader::end() {
    take_later(known_, reconcile(said_));
}

std::optional<token_usage> usage_reader::result() const {
    auto usage = known_;
    if (usage) prefer(usage->cached, timings_cached_);
    return usage;
}

}  // namespace ferry::openai
