#include "usage/text_features.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace ferry::usage {
namespace {

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

// Of so many fresh bytes of a window.
constexpr std::uint64_t counted_of(std::size_t size) {
    return (size == fresh ? ~std::uint64_t{0} : (std::uint64_t{1} << (looked_back + size)) - 1) & ~std::uint64_t{0xff};
}

#ifdef __x86_64__

// The loops over the classes are unrolled by recursion: each has its range as constants.
template <int C, int End>
[[gnu::always_inline]] inline void mark_classes(__m128i bytes, int shift, byte_marks& is) {
    if constexpr (C < End) {
        const __m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8(static_cast<char>(ranges[C].first)));
        const __m128i most = _mm_set1_epi8(static_cast<char>(ranges[C].last - ranges[C].first));
        const __m128i hit = _mm_cmpeq_epi8(_mm_min_epu8(value, most), value);
        is.of[C] |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(hit))) << shift;
        mark_classes<C + 1, End>(bytes, shift, is);
    }
}

// Two at a time; what every x86-64 has includes no instruction for it.
__m128i bits_of(__m128i word) {
    const __m128i twos = _mm_set1_epi8(0x33), fours = _mm_set1_epi8(0x0f);
    word = _mm_sub_epi8(word, _mm_and_si128(_mm_srli_epi64(word, 1), _mm_set1_epi8(0x55)));
    word = _mm_add_epi8(_mm_and_si128(word, twos), _mm_and_si128(_mm_srli_epi64(word, 2), twos));
    word = _mm_and_si128(_mm_add_epi8(word, _mm_srli_epi64(word, 4)), fours);
    return _mm_sad_epu8(word, _mm_setzero_si128());
}

void take_by_16(const char* p, std::uint64_t counted, text_features& to) {
    byte_marks is{};
    for (int i = 0; i < 64; i += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i));
        const __m128i back = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p + i - 1));
        const auto same = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, back)));
        const auto wide = static_cast<std::uint32_t>(_mm_movemask_epi8(bytes));
        is.same |= static_cast<std::uint64_t>(same) << i;
        is.wide |= static_cast<std::uint64_t>(wide) << i;
        mark_classes<0, ascii_classes>(bytes, i, is);
        if (wide != 0) mark_classes<ascii_classes, byte_classes>(bytes, i, is);
    }
    feature_marks where;
    const auto size = mark_features(is, where);
    const __m128i wanted = _mm_set1_epi64x(static_cast<long long>(counted));
    for (std::size_t f = 0; f < size; f += 2) {
        std::uint64_t found[2];
        const __m128i marks = _mm_loadu_si128(reinterpret_cast<const __m128i*>(where.of + f));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(found), bits_of(_mm_and_si128(marks, wanted)));
        to[f] += found[0];
        if (f + 1 < size) to[f + 1] += found[1];
    }
}

[[gnu::target("avx2,popcnt")]] inline std::uint64_t marks_of(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}

template <int C>
[[gnu::target("avx2,popcnt")]] inline __m256i bytes_in(__m256i bytes) {
    const __m256i value = _mm256_sub_epi8(bytes, _mm256_set1_epi8(static_cast<char>(ranges[C].first)));
    const __m256i most = _mm256_set1_epi8(static_cast<char>(ranges[C].last - ranges[C].first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(value, most), value);
}

template <int C, int End>
[[gnu::target("avx2,popcnt")]] inline void mark_classes(__m256i low, __m256i high, byte_marks& is) {
    if constexpr (C < End) {
        is.of[C] = marks_of(bytes_in<C>(low), bytes_in<C>(high));
        mark_classes<C + 1, End>(low, high, is);
    }
}

[[gnu::target("avx2,popcnt")]] void take_by_32(const char* p, std::uint64_t counted, text_features& to) {
    byte_marks is;
    const auto* from = reinterpret_cast<const __m256i*>(p);
    const auto* back = reinterpret_cast<const __m256i*>(p - 1);
    const __m256i low = _mm256_loadu_si256(from), high = _mm256_loadu_si256(from + 1);
    is.same = marks_of(_mm256_cmpeq_epi8(low, _mm256_loadu_si256(back)),
                       _mm256_cmpeq_epi8(high, _mm256_loadu_si256(back + 1)));
    is.wide = marks_of(low, high);
    mark_classes<0, ascii_classes>(low, high, is);
    if (is.wide != 0) mark_classes<ascii_classes, byte_classes>(low, high, is);
    feature_marks where;
    const auto size = mark_features(is, where);
    for (std::size_t f = 0; f < size; ++f) to[f] += static_cast<std::uint64_t>(std::popcount(where.of[f] & counted));
}

#endif

// Bit c of a byte: it is of class c.
constexpr auto classes_of_byte = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::size_t byte = 0; byte < table.size(); ++byte)
        for (int c = 0; c < byte_classes; ++c)
            if (byte >= ranges[c].first && byte <= ranges[c].last) table[byte] |= std::uint32_t{1} << c;
    return table;
}();
static_assert(byte_classes <= 32);

void take_by_1(const char* p, std::uint64_t counted, text_features& to) {
    byte_marks is{};
    for (int i = 0; i < static_cast<int>(window); ++i) {
        const auto byte = static_cast<unsigned char>(p[i]);
        const auto mark = std::uint64_t{1} << i;
        for (auto left = classes_of_byte[byte]; left != 0; left &= left - 1) is.of[std::countr_zero(left)] |= mark;
        if (byte >= 0x80) is.wide |= mark;
        if (p[i] == p[i - 1]) is.same |= mark;
    }
    feature_marks where;
    const auto size = mark_features(is, where);
    for (std::size_t f = 0; f < size; ++f) to[f] += static_cast<std::uint64_t>(std::popcount(where.of[f] & counted));
}

}  // namespace

void text_counter::add_with(taker take, std::string_view piece) {
    while (!piece.empty()) {
        const auto size = std::min(fresh - waiting_, piece.size());
        std::memcpy(held_.data() + 1 + looked_back + waiting_, piece.data(), size);
        waiting_ += static_cast<std::uint8_t>(size);
        piece.remove_prefix(size);
        if (waiting_ < fresh) return;
        take(held_.data() + 1, counted_of(fresh), features_);
        // Whole windows of a long piece are counted where they stand.
        const char* last = held_.data() + 1 + window;
        if (size >= looked_back + 1) {
            for (; piece.size() >= fresh; piece.remove_prefix(fresh))
                take(piece.data() - looked_back, counted_of(fresh), features_);
            last = piece.data();
        }
        std::memmove(held_.data(), last - looked_back - 1, looked_back + 1);
        waiting_ = 0;
    }
}

void text_counter::add_by_1(std::string_view piece) {
    add_with(take_by_1, piece);
}

void text_counter::add_by_16(std::string_view piece) {
#ifdef __x86_64__
    add_with(take_by_16, piece);
#else
    add_by_1(piece);
#endif
}

void text_counter::add(std::string_view piece) {
#ifdef __x86_64__
    static const bool has_32 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt");
    if (has_32) return add_with(take_by_32, piece);
#endif
    add_by_16(piece);
}

text_features text_counter::features() const {
    auto all = features_;
    take_by_1(held_.data() + 1, counted_of(waiting_), all);
    return all;
}

text_features features_of(std::string_view text) {
    text_counter counter;
    counter.add(text);
    return counter.features();
}

}  // namespace ferry::usage
