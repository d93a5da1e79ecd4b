// How long the answers of models are, learnt from those that were given.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

namespace ferry::limits {

// Of each key and model, and of each model: nine of ten answers are not longer than what is expected. Of the last 200
// or so. Forgets by overwriting: of a few thousand pairs those asked for last are known.
// Owned by: the application. Any thread; takes a lock, shortly.
class output_sizes {
public:
    static constexpr std::int64_t unknown_tokens = 512;  // before anything was learnt

    output_sizes() : tables_(4096) {}

    void learn(std::int64_t key_id, std::int64_t model_id, std::int64_t tokens);
    std::int64_t expected(std::int64_t key_id, std::int64_t model_id) const;

private:
    static constexpr std::size_t steps = 48;  // half octaves: up to 2^24 tokens
    struct table {
        std::uint64_t of = 0;
        std::uint32_t total = 0;
        std::array<std::uint8_t, steps> counts{};
    };

    static std::uint64_t mark_of(std::int64_t key_id, std::int64_t model_id);
    void learn(std::uint64_t mark, std::size_t step);
    const table* find(std::uint64_t mark) const;

    mutable std::mutex mutex_;
    std::vector<table> tables_;
};

}  // namespace ferry::limits
