// The inner loop of all JSON reading: long strings are most of every body.
#pragma once

#include <bit>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ferry::openai {

// The first byte of [p, end) that is not plain inside a JSON string: a quote, a backslash, a control character and,
// with `stop_at_high`, a byte of 0x80 or more. `end` if there is none.
template <bool stop_at_high>
inline const char* plain_run(const char* p, const char* end) {
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), controls = _mm_set1_epi8(0x1f);
    for (; end - p >= 16; p += 16) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
        const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, controls), bytes);
        const __m128i high = stop_at_high ? bytes : _mm_setzero_si128();  // movemask takes the sign bits
        const auto found = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(marks, low), high)));
        if (found != 0) return p + std::countr_zero(found);
    }
#endif
    for (; p != end; ++p) {
        const auto c = static_cast<unsigned char>(*p);
        if (c < 0x20 || c == '"' || c == '\\' || (stop_at_high && c >= 0x80)) break;
    }
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
