#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "openai/fact_names.hpp"
#include "openai/token_usage.hpp"

namespace ferry::openai {

// The counts of one usage object under the names they came with, before it is known what each includes.
struct said_counts {
    std::optional<std::int64_t> prompt, completion, total;
    std::optional<std::int64_t> input, output;          // the same by other names
    std::optional<std::int64_t> cached, beside;         // in the details of the prompt, beside it
    std::optional<std::int64_t> hits, misses;           // the two parts of a prompt
    std::optional<std::int64_t> reads;                  // from the cache, beside input
    std::optional<std::int64_t> writes, writes_beside;  // to the cache: in the details, beside input
    std::optional<std::int64_t> reasoning, audio;
    std::optional<std::int64_t> audio_output;  // of `audio`
    usage_marks marks{};
};

// What was used, by the one reading that the numbers allow; nothing where they are all 0 or absent.
//   total = prompt + completion                    cached and reasoning tokens are parts of them
//   total = prompt + completion + reasoning        reasoning stands beside the completion: it is added to it
//   total = prompt + completion + cached (+ writes) the cache stands beside the prompt: it is added to it
//   total = prompt + completion + something else   hidden thinking: it is output
//   total = prompt + completion - one of these     the total leaves that out
//   more cached than prompt, more reasoning than completion, and no total: they stand beside
//   `input_tokens` with `cache_read_input_tokens` or `cache_creation_input_tokens`: the cache stands beside
//   total and one of the two: the other is the rest
// Anything else is marked as unreconciled and stands as it was said.
std::optional<token_usage> reconcile(const said_counts& said);

// Gathers the numbers of usage objects and judges them: of several objects the last that says no less counts.
// A count is a number from 0 to tokens_max, with or without a fraction or an exponent, also as digits in a string;
// fractions are rounded up, null is absent, and anything else is passed over and marked. Owned by: facts_reader.
class usage_reader {
public:
    void begin() { said_ = {}; }
    // The value of a leaf: the text of a number or string, "" if it was something else; not called for null.
    void take(fact leaf, std::string_view text);
    void end();

    // The object that counts, completed by what stood outside of it.
    std::optional<token_usage> result() const;

private:
    said_counts said_;
    std::optional<token_usage> known_;
    std::optional<std::int64_t> timings_cached_;
};

}  // namespace ferry::openai
