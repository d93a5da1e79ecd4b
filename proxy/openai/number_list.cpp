#include "openai/number_list.hpp"

#include <bit>
#include <cstdint>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace ferry::openai {
namespace {

// Where in 64 bytes stands what: bit i is byte i.
struct number_marks {
    std::uint64_t digit, zero, comma, point, minus, blank;
};

// Follows a list from block to block. What the byte before a block was is in bit 63; the list begins as behind a comma.
class number_list_check {
public:
    explicit number_list_check(const char* begin) : known_(begin) {}

    const char* known() const { return known_; }

    // Whether all of the block is such a list, which goes on behind it. `at`: the block.
    bool take(const number_marks& is, const char* at) {
        const auto behind_digit = is.digit << 1 | digit_before_ >> 63;
        const auto behind_comma = is.comma << 1 | comma_before_ >> 63;
        const auto begins = behind_comma | is.blank << 1 | blank_before_ >> 63;
        auto wrong = ~(is.digit | is.comma | is.point | is.minus | is.blank);
        wrong |= ((is.comma | is.point) & ~behind_digit) | (is.blank & ~behind_comma) | (is.minus & ~begins);
        // RFC 8259 section 6: nothing follows a leading zero but a point.
        const auto sign = is.minus & begins;
        const auto leading_zero = is.zero & (begins | sign << 1 | sign_before_ >> 63);
        wrong |= is.digit & (leading_zero << 1 | zero_before_ >> 63);
        // Added to the bytes between commas, a bit behind each point makes zeros up to the next comma: there a second
        // point is one too many.
        const auto between = ~is.comma;
        wrong |= is.point & ~(between + ((is.point << 1 | has_point_) & between));
        const auto good = is.comma & ((wrong & -wrong) - 1);
        if (good == 0) return false;
        known_ = at + std::bit_width(good);
        digit_before_ = is.digit, comma_before_ = is.comma, blank_before_ = is.blank;
        sign_before_ = sign, zero_before_ = leading_zero;
        has_point_ = (is.point >> (std::bit_width(good) - 1)) >> 1 != 0;
        return wrong == 0;
    }

private:
    const char* known_;
    std::uint64_t digit_before_ = 0, comma_before_ = ~std::uint64_t{0}, blank_before_ = 0, sign_before_ = 0,
                  zero_before_ = 0;
    std::uint64_t has_point_ = 0;  // 1: the number that goes on in the block had its point before
};

#ifdef __x86_64__

std::uint64_t mask_of(const __m128i (&equal)[4]) {
    std::uint64_t all = 0;
    for (int i = 0; i < 4; ++i)
        all |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(equal[i]))) << 16 * i;
    return all;
}

std::uint64_t bytes_of(const __m128i (&bytes)[4], char c) {
    const __m128i wanted = _mm_set1_epi8(c);
    return mask_of({_mm_cmpeq_epi8(bytes[0], wanted), _mm_cmpeq_epi8(bytes[1], wanted),
                    _mm_cmpeq_epi8(bytes[2], wanted), _mm_cmpeq_epi8(bytes[3], wanted)});
}

__m128i digits_of(__m128i bytes) {
    const __m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
    return _mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value);
}

number_marks marks_by_16(const char* p) {
    const auto* from = reinterpret_cast<const __m128i*>(p);
    const __m128i bytes[4] = {_mm_loadu_si128(from), _mm_loadu_si128(from + 1), _mm_loadu_si128(from + 2),
                              _mm_loadu_si128(from + 3)};
    number_marks is{};
    is.digit = mask_of({digits_of(bytes[0]), digits_of(bytes[1]), digits_of(bytes[2]), digits_of(bytes[3])});
    is.zero = bytes_of(bytes, '0');
    is.comma = bytes_of(bytes, ',');
    is.point = bytes_of(bytes, '.');
    is.minus = bytes_of(bytes, '-');
    const bool is_all = (is.digit | is.comma | is.point | is.minus) == ~std::uint64_t{0};
    is.blank = is_all ? 0 : bytes_of(bytes, ' ');
    return is;
}

[[gnu::target("avx2")]] inline std::uint64_t mask_of(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
           static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
}

[[gnu::target("avx2")]] inline std::uint64_t bytes_of(__m256i low, __m256i high, char c) {
    const __m256i wanted = _mm256_set1_epi8(c);
    return mask_of(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

[[gnu::target("avx2")]] inline __m256i digits_of(__m256i bytes) {
    const __m256i value = _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(value, _mm256_set1_epi8(9)), value);
}

[[gnu::target("avx2")]] const char* number_list_by_32(const char* p, const char* end) {
    number_list_check list(p);
    for (; end - p >= 64; p += 64) {
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p + 32));
        const number_marks is{mask_of(digits_of(low), digits_of(high)),
                              bytes_of(low, high, '0'),
                              bytes_of(low, high, ','),
                              bytes_of(low, high, '.'),
                              bytes_of(low, high, '-'),
                              bytes_of(low, high, ' ')};
        if (!list.take(is, p)) break;
    }
    return list.known();
}

#endif

}  // namespace

const char* number_list_by_16(const char* p, [[maybe_unused]] const char* end) {
    number_list_check list(p);
#ifdef __x86_64__
    for (; end - p >= 64; p += 64) {
        if (!list.take(marks_by_16(p), p)) break;
    }
#endif
    return list.known();
}

const char* number_list(const char* p, const char* end) {
#ifdef __x86_64__
    static const bool has_32 = __builtin_cpu_supports("avx2");
    if (has_32) return number_list_by_32(p, end);
#endif
    return number_list_by_16(p, end);
}

}  // namespace ferry::openai
