#include "openai/usage_reader.hpp"

#include <charconv>

namespace ferry::openai {
namespace {

using count = std::optional<std::int64_t>;

constexpr std::int64_t count_max = std::int64_t{1} << 53;

count parse(std::string_view number) {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc() || stop != number.data() + number.size() || value < 0 || value > count_max) return {};
    return value;
}

bool positive(count c) {
    return c.value_or(0) > 0;
}

// A count that is 0 or missing gives way to one that is not.
void prefer(count& into, count other) {
    if (!positive(into) && other) into = other;
}

}  // namespace

void usage_reader::begin() {
    current_ = {};
    hits_ = beside_ = {};
    sane_ = true;
}

void usage_reader::take(fact leaf, std::string_view number) {
    const count value = parse(number);
    const auto set = [&](count& into) {
        into = value;
        sane_ = sane_ && value.has_value();
    };
    switch (leaf) {
        case fact::prompt_tokens:
            return set(current_.prompt);
        case fact::completion_tokens:
            return set(current_.completion);
        case fact::total_tokens:
            return set(current_.total);
        case fact::cached_in_details:
            current_.cached = value;
            break;
        case fact::cached_hits:
            hits_ = value;
            break;
        case fact::cached_beside:
            beside_ = value;
            break;
        case fact::cache_writes:
            prefer(current_.cache_write, value);
            break;
        case fact::reasoning_tokens:
            prefer(current_.reasoning, value);
            break;
        case fact::audio_tokens:
            if (value) current_.audio = current_.audio.value_or(0) + *value;
            break;
        case fact::timings_cached:
            timings_cached_ = value;
            break;
        default:
            break;
    }
}

void usage_reader::end() {
    if (!sane_ || !(positive(current_.prompt) || positive(current_.completion) || positive(current_.total))) return;
    prefer(current_.cached, hits_);
    prefer(current_.cached, beside_);
    // xAI counts reasoning beside the completion; everybody else inside it.
    if (current_.prompt && current_.completion && positive(current_.reasoning) &&
        current_.total == *current_.prompt + *current_.completion + *current_.reasoning) {
        *current_.completion += *current_.reasoning;
    }
    last_ = current_;
}

std::optional<token_usage> usage_reader::result() const {
    auto usage = last_;
    if (usage) prefer(usage->cached, timings_cached_);
    return usage;
}

}  // namespace ferry::openai
