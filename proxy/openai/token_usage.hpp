#pragma once

#include <cstdint>
#include <optional>

namespace ferry::openai {

// The tokens an upstream says it used, each absent when it did not say or said nonsense; all are 0..2^53.
// Reasoning tokens are part of `completion`, cached and cache-write tokens part of `prompt`.
struct token_usage {
    std::optional<std::int64_t> prompt, completion, total, cached, cache_write, reasoning, audio;

    friend bool operator==(const token_usage&, const token_usage&) = default;
};

}  // namespace ferry::openai
