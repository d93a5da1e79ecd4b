#include "usage/text_features.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "usage/text_marks.hpp"

namespace ferry::usage {
namespace {

// Of so many fresh bytes of a window.
constexpr std::uint64_t counted_of(std::size_t size) {
    const auto seen = size == fresh ? ~std::uint64_t{0} : (std::uint64_t{1} << (looked_back + size)) - 1;
    return seen & ~std::uint64_t{0} << looked_back;
}
constexpr auto all_counted = counted_of(fresh);

// Returns how many features may be there.
template <typename Sink>
[[gnu::always_inline]] inline std::size_t take_marks(const char* p, const byte_marks& is, std::uint64_t counted,
                                                     text_features& to, Sink&& mark) {
    looked_up up{};
    mark_ascii(is, up, mark);
    look_up_words(p, up, counted, to);
    if (is.wide == 0) return ascii_features;
    if (is.of[two_bytes] != 0) mark_two_bytes(is, mark);
    mark_three_bytes(is, up, mark);
    look_up_han(p, up, counted, to);
    return text_features_size;
}

struct count_marks {
    std::uint64_t counted;
    text_features& to;

    [[gnu::always_inline]] inline void operator()(text_feature feature, std::uint64_t marks) const {
        auto found = static_cast<std::uint64_t>(std::popcount(marks & counted));
        // Each sum is added to where it is: put together for that, they would cost more.
        asm("" : "+r"(found));
        to[static_cast<std::size_t>(feature)] += found;
    }
};

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

void take_one_by_16(const char* p, text_features& to) {
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
    std::uint64_t where[(text_features_size + 1) / 2 * 2] = {};
    const auto size = take_marks(p, is, all_counted, to, [&where](text_feature feature, std::uint64_t marks) {
        where[static_cast<std::size_t>(feature)] = marks;
    });
    const __m128i wanted = _mm_set1_epi64x(static_cast<long long>(all_counted));
    for (std::size_t f = 0; f < size; f += 2) {
        std::uint64_t found[2];
        const __m128i marks = _mm_loadu_si128(reinterpret_cast<const __m128i*>(where + f));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(found), bits_of(_mm_and_si128(marks, wanted)));
        to[f] += found[0];
        if (f + 1 < size) to[f + 1] += found[1];
    }
}

void take_by_16(const char* p, std::size_t windows, text_features& to) {
    for (; windows != 0; --windows, p += fresh) take_one_by_16(p, to);
}

[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline std::uint64_t marks_of(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}

template <int C>
[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline __m256i bytes_in(__m256i bytes) {
    if constexpr (ranges[C].first == ranges[C].last)
        return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(static_cast<char>(ranges[C].first)));
    const __m256i value = _mm256_sub_epi8(bytes, _mm256_set1_epi8(static_cast<char>(ranges[C].first)));
    const __m256i most = _mm256_set1_epi8(static_cast<char>(ranges[C].last - ranges[C].first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(value, most), value);
}

template <int C, int End>
[[gnu::target("avx2,bmi,bmi2,popcnt")]] inline void mark_classes(__m256i low, __m256i high, byte_marks& is) {
    if constexpr (C < End) {
        is.of[C] = marks_of(bytes_in<C>(low), bytes_in<C>(high));
        mark_classes<C + 1, End>(low, high, is);
    }
}

[[gnu::target("avx2,bmi,bmi2,popcnt")]] void take_by_32(const char* p, std::size_t windows, text_features& to) {
    for (; windows != 0; --windows, p += fresh) {
        byte_marks is;
        const auto* from = reinterpret_cast<const __m256i*>(p);
        const auto* back = reinterpret_cast<const __m256i*>(p - 1);
        const __m256i low = _mm256_loadu_si256(from), high = _mm256_loadu_si256(from + 1);
        is.same = marks_of(_mm256_cmpeq_epi8(low, _mm256_loadu_si256(back)),
                           _mm256_cmpeq_epi8(high, _mm256_loadu_si256(back + 1)));
        is.wide = marks_of(low, high);
        mark_classes<0, ascii_classes>(low, high, is);
        if (is.wide != 0) {
            mark_classes<two_bytes, byte_classes>(low, high, is);
            if (is.of[two_bytes] != 0)
                mark_classes<ascii_classes, two_bytes>(low, high, is);
            else
                std::fill(is.of + ascii_classes, is.of + two_bytes, 0);
        }
        take_marks(p, is, all_counted, to, count_marks{all_counted, to});
    }
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

void take_one_by_1(const char* p, std::uint64_t counted, text_features& to) {
    byte_marks is{};
    for (int i = 0; i < static_cast<int>(window); ++i) {
        const auto byte = static_cast<unsigned char>(p[i]);
        const auto mark = std::uint64_t{1} << i;
        for (auto left = classes_of_byte[byte]; left != 0; left &= left - 1) is.of[std::countr_zero(left)] |= mark;
        if (byte >= 0x80) is.wide |= mark;
        if (p[i] == p[i - 1]) is.same |= mark;
    }
    take_marks(p, is, counted, to, count_marks{counted, to});
}

void take_by_1(const char* p, std::size_t windows, text_features& to) {
    for (; windows != 0; --windows, p += fresh) take_one_by_1(p, all_counted, to);
}

// Its first bytes and its last ones, of which some may be the same.
template <typename Word>
void put_ends(char* to, const char* from, std::size_t size) {
    Word first, last;
    std::memcpy(&first, from, sizeof first);
    std::memcpy(&last, from + size - sizeof last, sizeof last);
    std::memcpy(to, &first, sizeof first);
    std::memcpy(to + size - sizeof last, &last, sizeof last);
}

}  // namespace

// A token is short: to call memcpy for it would take longer than to copy it.
inline void text_counter::keep(std::string_view piece) {
    char* const to = held_.data() + 1 + looked_back + waiting_;
    waiting_ += static_cast<std::uint8_t>(piece.size());
    if (piece.size() > 16) {
        std::memcpy(to, piece.data(), piece.size());
    } else if (piece.size() >= 8) {
        put_ends<std::uint64_t>(to, piece.data(), piece.size());
    } else if (piece.size() >= 4) {
        put_ends<std::uint32_t>(to, piece.data(), piece.size());
    } else if (piece.size() >= 2) {
        put_ends<std::uint16_t>(to, piece.data(), piece.size());
    } else if (piece.size() == 1) {
        *to = piece.front();
    }
}

void text_counter::add_with(taker take, std::string_view piece) {
    while (piece.size() >= fresh - waiting_) {
        const auto size = fresh - waiting_;
        std::memcpy(held_.data() + 1 + looked_back + waiting_, piece.data(), size);
        piece.remove_prefix(size);
        take(held_.data() + 1, 1, features_);
        // Whole windows of a long piece are counted where they stand.
        const char* last = held_.data() + 1 + window;
        const auto windows = size > looked_back ? piece.size() / fresh : 0;
        if (windows != 0) {
            take(piece.data() - looked_back, windows, features_);
            piece.remove_prefix(windows * fresh);
            last = piece.data();
        }
        std::memmove(held_.data(), last - looked_back - 1, looked_back + 1);
        waiting_ = 0;
    }
    keep(piece);
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
    if (piece.size() < fresh - waiting_) return keep(piece);
#ifdef __x86_64__
    static const bool has_32 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
                               __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("popcnt");
    if (has_32) return add_with(take_by_32, piece);
#endif
    add_by_16(piece);
}

text_features text_counter::features() const {
    auto all = features_;
    take_one_by_1(held_.data() + 1, counted_of(waiting_), all);
    return all;
}

text_features features_of(std::string_view text) {
    text_counter counter;
    counter.add(text);
    return counter.features();
}

}  // namespace ferry::usage
