// How large requests and answers are, learnt from those that were.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

namespace ferry::limits {

// What a request is expected to use. Tokens.
struct size_guess {
    // Nine of ten answers are not longer.
    std::int64_t answer = 0;
    // Nothing where what was learnt tells too little of such a prompt.
    std::optional<std::int64_t> prompt;
};

// Of each key and model, and the length of answers of each model too. Of the last 200 answers or so, and of the last
// dozens of prompts. Forgets by overwriting: of a few thousand pairs those asked for last are known.
// Owned by: the application. Any thread; takes a lock, shortly.
class request_sizes {
public:
    static constexpr std::int64_t unknown_tokens = 512;  // of an answer, before anything was learnt

    request_sizes() : tables_(4096) {}

    void learn_answer(std::int64_t key_id, std::int64_t model_id, std::int64_t tokens);
    // A prompt of so many bytes had so many tokens.
    void learn_prompt(std::int64_t key_id, std::int64_t model_id, std::size_t bytes, std::int64_t tokens);

    size_guess expected(std::int64_t key_id, std::int64_t model_id, std::size_t prompt_bytes) const;

private:
    static constexpr std::size_t steps = 48;  // half octaves: up to 2^24 tokens

    // Tokens a byte. Where they vary, as between texts and images, they say nothing of the next prompt.
    class prompt_density {
    public:
        void learn(double bytes, double tokens);
        std::optional<std::int64_t> expected(double bytes) const;

    private:
        std::uint32_t seen_ = 0;
        float mean_ = 0, spread_ = 0;  // the spread as a share of the mean
        float longest_ = 0;            // bytes; fades
    };

    struct table {
        std::uint64_t of = 0;
        std::uint32_t total = 0;
        std::array<std::uint8_t, steps> counts{};
        prompt_density prompts;
    };

    static std::uint64_t mark_of(std::int64_t key_id, std::int64_t model_id);
    table& own(std::uint64_t mark);  // overwrites what is there of another
    void learn(std::uint64_t mark, std::size_t step);
    const table* find(std::uint64_t mark) const;
    std::int64_t expected_answer(const table* known, std::int64_t model_id) const;

    mutable std::mutex mutex_;
    std::vector<table> tables_;
};

}  // namespace ferry::limits
