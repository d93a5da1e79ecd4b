// Where in 64 bytes of a text each feature stands. Only text_features.cpp includes this.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "usage/known_tokens.hpp"
#include "usage/text_features.hpp"

namespace ferry::usage {

// The ranges of bytes by which a text is told apart; of the second group nothing is asked where all is ASCII.
enum byte_class : std::uint8_t {
    lower,
    upper,
    digit,
    space,
    line,
    tabulator,
    printable,
    ascii_classes,
    c2 = ascii_classes,
    c3,
    c4_cb,
    cc_cf,
    d0_d3,
    d4_df,
    two_bytes,
    e0_e1,
    e2,
    e3,
    b80,
    b81,
    b82,
    b83,
    e4_e9,
    ea_ed,
    ee_ef,
    f0_ff,
    byte_classes,
};

struct byte_range {
    unsigned char first, last;
};
constexpr byte_range ranges[byte_classes] = {{'a', 'z'},   {'A', 'Z'},   {'0', '9'},   {' ', ' '},   {10, 13},
                                             {9, 9},       {0x21, 0x7e}, {0xc2, 0xc2}, {0xc3, 0xc3}, {0xc4, 0xcb},
                                             {0xcc, 0xcf}, {0xd0, 0xd3}, {0xd4, 0xdf}, {0xc2, 0xdf}, {0xe0, 0xe1},
                                             {0xe2, 0xe2}, {0xe3, 0xe3}, {0x80, 0x80}, {0x81, 0x81}, {0x82, 0x82},
                                             {0x83, 0x83}, {0xe4, 0xe9}, {0xea, 0xed}, {0xee, 0xef}, {0xf0, 0xff}};

// Where in 64 bytes stands what: bit i is byte i. The first eight were counted before and are there to be looked back
// at: a word is known by the eight bytes in front of the one behind it.
struct byte_marks {
    std::uint64_t of[byte_classes];
    std::uint64_t wide;  // not ASCII
    std::uint64_t same;  // as the byte before
};
constexpr std::size_t looked_back = 8, window = 64, fresh = window - looked_back;

constexpr std::size_t ascii_features = static_cast<std::size_t>(text_feature::latin_sign);

// What of a window is looked up, beside what is counted.
struct looked_up {
    std::uint64_t word_begins, behind_word, han_end;
};

// `mark` takes a feature and where it stands.
template <typename Sink>
[[gnu::always_inline]] inline void mark_ascii(const byte_marks& is, looked_up& up, Sink&& mark) {
    using enum text_feature;
    const auto letter = is.of[lower] | is.of[upper];
    const auto number = is.of[digit];
    const auto punct = is.of[printable] & ~(letter | number);
    const auto other = ~(is.of[printable] | is.of[space] | is.of[line] | is.of[tabulator] | is.wide);
    const auto behind_blank = (is.of[space] | is.of[line] | is.of[tabulator] | other) << 1;
    const auto second = letter & letter << 1;
    const auto first = letter & ~second;
    const auto inside = is.of[upper] & is.of[lower] << 1;
    mark(word_lower, first & behind_blank & is.of[lower]);
    mark(word_upper, first & behind_blank & is.of[upper]);
    mark(word_glued, first & ~behind_blank & ~(is.wide << 1));
    mark(word_after_wide, first & is.wide << 1);
    mark(capital_inside, inside);
    up.word_begins = first | inside;
    up.behind_word = (letter << 1 & ~letter) | inside;
    const auto fourth = second & second << 2;
    mark(letter_late, fourth & fourth << 4);
    const auto goes_on = number & number << 1;
    const auto begins = number & ~goes_on;
    mark(digit_after_space, begins & is.of[space] << 1);
    mark(digit_first, begins & ~(is.of[space] << 1));
    mark(digit_next, goes_on & ~(goes_on << 2));
    mark(digit_late, goes_on & goes_on << 2);
    const auto follows = punct & punct << 1;
    const auto opens = punct & ~follows;
    const auto behind_name = (letter | number) << 1;
    mark(punct_after_space, opens & is.of[space] << 1);
    mark(punct_after_word, opens & behind_name);
    mark(punct_first, opens & ~behind_name & ~(is.of[space] << 1));
    mark(punct_next, follows & ~is.same);
    mark(punct_repeat, follows & is.same);
    mark(space_second, is.of[space] & is.of[space] << 1 & ~(is.of[space] << 2));
    mark(newline, is.of[line] & ~(is.of[line] << 1) & ~(punct << 1));
    mark(tab, is.of[tabulator]);
    mark(control, other);
}

template <typename Sink>
[[gnu::always_inline]] inline void mark_two_bytes(const byte_marks& is, Sink&& mark) {
    using enum text_feature;
    mark(latin_sign, is.of[c2]);
    mark(latin_letter, is.of[c3]);
    mark(latin_extended, is.of[c4_cb]);
    mark(greek, is.of[cc_cf]);
    const auto cyrillic = is.of[d0_d3];
    const auto second = cyrillic & cyrillic << 2;
    const auto fourth = second & second << 4;
    mark(cyrillic_first, cyrillic & ~(cyrillic << 2));
    mark(cyrillic_next, second & ~fourth);
    mark(cyrillic_late, fourth);
    mark(semitic, is.of[d4_df]);
}

template <typename Sink>
[[gnu::always_inline]] inline void mark_three_bytes(const byte_marks& is, looked_up& up, Sink&& mark) {
    using enum text_feature;
    mark(indic, is.of[e0_e1]);
    const auto behind_e2 = is.of[e2] << 1, behind_e3 = is.of[e3] << 1;
    mark(punct_general, behind_e2 & is.of[b80]);
    mark(symbol, behind_e2 & ~is.of[b80]);
    mark(cjk_punct, behind_e3 & is.of[b80]);
    mark(hiragana, behind_e3 & is.of[b81]);
    mark(kana_mixed, behind_e3 & is.of[b82]);
    mark(katakana, behind_e3 & is.of[b83]);
    mark(cjk_extension, behind_e3 & ~(is.of[b80] | is.of[b81] | is.of[b82] | is.of[b83]));
    const auto han = is.of[e4_e9];
    mark(han_first, han & ~(han << 3));
    up.han_end = han << 2;
    mark(hangul_first, is.of[ea_ed] & ~(is.of[ea_ed] << 3));
    mark(hangul_next, is.of[ea_ed] & is.of[ea_ed] << 3);
    mark(compatibility, is.of[ee_ef]);
    mark(astral, is.of[f0_ff]);
}

// Words that end in front of a byte that is counted. `p`: the window.
[[gnu::always_inline]] inline void look_up_words(const char* p, const looked_up& up, std::uint64_t counted,
                                                 text_features& to) {
    // One that began before the eight bytes has eight letters here, like one that begins with them.
    const auto begins = up.word_begins | 1;
    std::uint64_t found = 0;  // words below, letters above
    constexpr int above = 16;
    for (auto left = up.behind_word & counted; left != 0; left &= left - 1) {
        const auto end = std::countr_zero(left);
        const auto begin = 63 ^ __builtin_clzll(begins & ((std::uint64_t{1} << end) - 1));
        const auto lacks = std::max(begin - (end - 8), 0);  // letters, to eight
        std::uint64_t last;
        std::memcpy(&last, p + end - 8, 8);
        const auto is_new = std::uint64_t{knows_word(last >> 8 * lacks)} - 1;
        found += ((8 << above) + 1 - (static_cast<std::uint64_t>(lacks) << above)) & is_new;
    }
    to[static_cast<std::size_t>(text_feature::word_new)] += found & ((1U << above) - 1);
    to[static_cast<std::size_t>(text_feature::letter_new)] += found >> above;
}

// Characters whose third byte is counted; what is no UTF-8 counts as some character.
[[gnu::always_inline]] inline void look_up_han(const char* p, const looked_up& up, std::uint64_t counted,
                                               text_features& to) {
    std::uint64_t of_level = 0;  // 16 bits for each: a window has no more than 64
    for (auto left = up.han_end & counted; left != 0; left &= left - 1) {
        std::uint32_t bytes;
        std::memcpy(&bytes, p + std::countr_zero(left) - 3, 4);
        const auto character = (bytes << 4 & 0xf000U) | (bytes >> 10 & 0xfc0U) | (bytes >> 24 & 0x3fU);
        of_level += std::uint64_t{1} << 16 * level_of_han(character);
    }
    for (int level = 0; level < 4; ++level)
        to[static_cast<std::size_t>(text_feature::han_rare) - static_cast<std::size_t>(level)] +=
            of_level >> 16 * level & 0xffff;
}

}  // namespace ferry::usage
