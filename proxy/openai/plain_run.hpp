// The inner loops of all JSON reading: strings and numbers are most of every body.
#pragma once

#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ferry::openai {

// Skips white space from `p` on. False if there is nothing else.
inline bool find_token(const char*& p, const char* end) {
    for (; p != end; ++p) {
        if (static_cast<unsigned char>(*p) > ' ') [[likely]]
            return true;
        if (*p != ' ' && *p != '\n' && *p != '\r' && *p != '\t') return true;
    }
    return false;
}

#ifdef __SSE2__
// A bit for every byte of the 16 at `p` that plain_run stops at.
template <bool stop_at_high>
inline std::uint32_t special_bytes(const char* p) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i marks =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i high = stop_at_high ? bytes : _mm_setzero_si128();  // movemask takes the sign bits
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(marks, low), high)));
}
#endif

// The first byte of [p, end) that is not plain inside a JSON string: a quote, a backslash, a control character and,
// with `stop_at_high`, a byte of 0x80 or more. `end` if there is none. `begin`: from there on bytes may be read.
template <bool stop_at_high>
inline const char* plain_run(const char* p, const char* end, const char* begin) {
#ifdef __SSE2__
    for (; end - p >= 16; p += 16) {
        if (const auto found = special_bytes<stop_at_high>(p)) return p + std::countr_zero(found);
    }
    if (end - begin >= 16) {  // the last 16 bytes once more, but for those before `p`
        const auto found = special_bytes<stop_at_high>(end - 16) >> (16 - (end - p));
        return found != 0 ? p + std::countr_zero(found) : end;
    }
#endif
    for (; p != end; ++p) {
        const auto c = static_cast<unsigned char>(*p);
        if (c < 0x20 || c == '"' || c == '\\' || (stop_at_high && c >= 0x80)) break;
    }
    return p;
}

// The first byte of [p, end) that is no decimal digit; `end` if there is none.
inline const char* digit_run(const char* p, const char* end) {
#ifdef __SSE2__
    const __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
    for (; end - p >= 16; p += 16) {
        const __m128i value = _mm_sub_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)), zero);
        const __m128i digits = _mm_cmpeq_epi8(_mm_min_epu8(value, nine), value);
        const auto found = static_cast<std::uint32_t>(_mm_movemask_epi8(digits)) ^ 0xffffu;
        if (found != 0) return p + std::countr_zero(found);
    }
#endif
    while (p != end && *p >= '0' && *p <= '9') ++p;
    return p;
}

// Most text that is not ASCII is CJK: three bytes each (The Unicode Standard, table 3-7), taken at once where they are
// all there and plainly right. The first byte that does not go on like this.
inline const char* cjk_run(const char* p, const char* end) {
    for (; end - p >= 3; p += 3) {
        const auto a = static_cast<unsigned char>(p[0]), b = static_cast<unsigned char>(p[1]),
                   c = static_cast<unsigned char>(p[2]);
        if (a <= 0xe0 || a >= 0xf0 || a == 0xed || (b & 0xc0) != 0x80 || (c & 0xc0) != 0x80) break;
    }
    return p;
}

}  // namespace ferry::openai
