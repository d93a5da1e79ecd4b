// Where in 64 bytes of a text each feature stands. Only text_features.cpp includes this.
#pragma once

#include <cstddef>
#include <cstdint>

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
    rare_jk,
    rare_q,
    rare_vx,
    rare_z,
    ascii_classes,
    c2 = ascii_classes,
    c3,
    c4_cb,
    cc_cf,
    d0_d3,
    d4_df,
    e0_e1,
    e2,
    e3,
    b80,
    b81,
    b82,
    b83,
    e4,
    e7,
    e5_e6,
    e8,
    e9,
    ea_ed,
    ee_ef,
    f0_ff,
    byte_classes,
};

struct byte_range {
    unsigned char first, last;
};
constexpr byte_range ranges[byte_classes] = {
    {'a', 'z'},   {'A', 'Z'},   {'0', '9'},   {' ', ' '},   {10, 13},     {9, 9},       {0x21, 0x7e}, {'j', 'k'},
    {'q', 'q'},   {'v', 'x'},   {'z', 'z'},   {0xc2, 0xc2}, {0xc3, 0xc3}, {0xc4, 0xcb}, {0xcc, 0xcf}, {0xd0, 0xd3},
    {0xd4, 0xdf}, {0xe0, 0xe1}, {0xe2, 0xe2}, {0xe3, 0xe3}, {0x80, 0x80}, {0x81, 0x81}, {0x82, 0x82}, {0x83, 0x83},
    {0xe4, 0xe4}, {0xe7, 0xe7}, {0xe5, 0xe6}, {0xe8, 0xe8}, {0xe9, 0xe9}, {0xea, 0xed}, {0xee, 0xef}, {0xf0, 0xff}};

// Where in 64 bytes stands what: bit i is byte i. The first eight were counted before and are there to be looked back
// at, which no feature does further than seven bytes.
struct byte_marks {
    std::uint64_t of[byte_classes];
    std::uint64_t wide;  // not ASCII
    std::uint64_t same;  // as the byte before
};
constexpr std::size_t looked_back = 8, window = 64, fresh = window - looked_back;

// Where each feature stands, of the bytes of a window; an even number, for those who take two at a time.
constexpr std::size_t ascii_features = static_cast<std::size_t>(text_feature::latin_sign);
struct feature_marks {
    std::uint64_t of[(text_features_size + 1) / 2 * 2] = {};

    [[gnu::always_inline]] inline void operator()(text_feature feature, std::uint64_t where) {
        of[static_cast<std::size_t>(feature)] = where;
    }
};

[[gnu::always_inline]] inline void mark_ascii(const byte_marks& is, feature_marks& mark) {
    using enum text_feature;
    const auto letter = is.of[lower] | is.of[upper];
    const auto number = is.of[digit];
    const auto punct = is.of[printable] & ~(letter | number);
    const auto other = ~(is.of[printable] | is.of[space] | is.of[line] | is.of[tabulator] | is.wide);
    const auto behind_blank = (is.of[space] | is.of[line] | is.of[tabulator] | other) << 1;
    const auto first = letter & ~(letter << 1);
    mark(word_lower, first & behind_blank & is.of[lower]);
    mark(word_upper, first & behind_blank & is.of[upper]);
    mark(word_glued, first & ~behind_blank & ~(is.wide << 1));
    mark(word_after_wide, first & is.wide << 1);
    mark(capital_inside, is.of[upper] & is.of[lower] << 1);
    const auto second = letter & letter << 1;
    const auto fourth = second & second << 2;
    const auto eighth = fourth & fourth << 4;
    mark(letter_early, second & ~eighth);
    mark(letter_late, eighth);
    mark(letter_rare, is.of[rare_jk] | is.of[rare_q] | is.of[rare_vx] | is.of[rare_z]);
    const auto begins = number & ~(number << 1);
    const auto goes_on = number & number << 1;
    mark(digit_after_space, begins & is.of[space] << 1);
    mark(digit_first, begins & ~(is.of[space] << 1));
    mark(digit_next, goes_on & ~(goes_on << 2));
    mark(digit_late, goes_on & goes_on << 2);
    const auto opens = punct & ~(punct << 1);
    const auto behind_word = (letter | number) << 1;
    mark(punct_after_space, opens & is.of[space] << 1);
    mark(punct_after_word, opens & behind_word);
    mark(punct_first, opens & ~behind_word & ~(is.of[space] << 1));
    mark(punct_next, punct & punct << 1 & ~is.same);
    mark(punct_repeat, punct & punct << 1 & is.same);
    mark(space_second, is.of[space] & is.of[space] << 1 & ~(is.of[space] << 2));
    mark(newline, is.of[line] & ~(is.of[line] << 1) & ~(punct << 1));
    mark(tab, is.of[tabulator]);
    mark(control, other);
}

[[gnu::always_inline]] inline void mark_wide(const byte_marks& is, feature_marks& mark) {
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
    mark(indic, is.of[e0_e1]);
    const auto behind_e2 = is.of[e2] << 1, behind_e3 = is.of[e3] << 1;
    mark(punct_general, behind_e2 & is.of[b80]);
    mark(symbol, behind_e2 & ~is.of[b80]);
    mark(cjk_punct, behind_e3 & is.of[b80]);
    mark(hiragana, behind_e3 & is.of[b81]);
    mark(kana_mixed, behind_e3 & is.of[b82]);
    mark(katakana, behind_e3 & is.of[b83]);
    mark(cjk_extension, behind_e3 & ~(is.of[b80] | is.of[b81] | is.of[b82] | is.of[b83]));
    const auto common = is.of[e4] | is.of[e7], middle = is.of[e5_e6] | is.of[e8];
    const auto han = common | middle | is.of[e9];
    mark(han_first, han & ~(han << 3));
    mark(han_common, common);
    mark(han_middle, middle);
    mark(han_scarce, is.of[e9]);
    mark(hangul_first, is.of[ea_ed] & ~(is.of[ea_ed] << 3));
    mark(hangul_next, is.of[ea_ed] & is.of[ea_ed] << 3);
    mark(compatibility, is.of[ee_ef]);
    mark(astral, is.of[f0_ff]);
}

// Returns how many features may be there.
[[gnu::always_inline]] inline std::size_t mark_features(const byte_marks& is, feature_marks& where) {
    mark_ascii(is, where);
    if (is.wide == 0) return ascii_features;
    mark_wide(is, where);
    return text_features_size;
}

}  // namespace ferry::usage
