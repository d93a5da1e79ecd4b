// Which words and characters tokenizers have as a whole. Only text_features.cpp includes this.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace ferry::usage {

static_assert(std::endian::native == std::endian::little);

// A word is known by a number made of its last eight letters, each number by a bit: one in fifteen of the words that
// are not known is taken for one that is. Written by `bench/measure-estimator --known` from the vocabularies alone.
constexpr int word_bits = 19;
constexpr std::uint64_t word_factor = 0x9e3779b97f4a7c15;
// 2 bits for each of U+4000 to U+9FFF: 0 is rare, 3 is common.
constexpr std::uint32_t first_han = 0x4000, han_size = 0x6000;

struct known_tokens {
    unsigned char words[(1u << word_bits) / 8];
    unsigned char han[han_size / 4];
};
extern const known_tokens known;

// `letters`: the last eight at most, the first of these in the lowest byte. 1 or 0.
[[gnu::always_inline]] inline unsigned knows_word(std::uint64_t letters) {
    const auto number = letters * word_factor >> (64 - word_bits);
    std::uint64_t bits;
    std::memcpy(&bits, known.words + number / 64 * 8, 8);
    return bits >> (number % 64) & 1U;
}

[[gnu::always_inline]] inline unsigned level_of_han(std::uint32_t character) {
    const auto number = character - first_han;
    return known.han[number >> 2] >> (number & 3) * 2 & 3U;
}

}  // namespace ferry::usage
