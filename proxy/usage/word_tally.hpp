// The words of a request or an answer, counted as they pass.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "openai/answer_words.hpp"
#include "usage/text_features.hpp"

namespace ferry::usage {

// A value. Of a text of more than 512 KiB that much is counted, and the rest taken to be like it: a core is not held up
// for long.
class word_tally final : public openai::answer_words {
public:
    void add(std::string_view piece) override {
        counter_.add(piece.substr(0, most_counted - std::min<std::uint64_t>(bytes_, most_counted)));
        bytes_ += piece.size();
    }
    void note_call() override { ++calls_; }
    void note_thought() override { has_thoughts_ = true; }

    std::uint64_t bytes() const { return bytes_; }
    std::int64_t calls() const { return calls_; }
    bool has_thoughts() const { return has_thoughts_; }

    text_features features() const {
        auto all = counter_.features();
        if (bytes_ <= most_counted) return all;
        for (auto& one : all) one = one * (bytes_ >> 10) / (most_counted >> 10);
        return all;
    }

private:
    static constexpr std::uint64_t most_counted = 512u << 10;

    text_counter counter_;
    std::uint64_t bytes_ = 0;
    std::int64_t calls_ = 0;
    bool has_thoughts_ = false;
};

}  // namespace ferry::usage
