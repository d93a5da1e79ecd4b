// The inner loop of reading forms: what lies between two delimiters is most of every body.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace ferry::openai {

// Whether a delimiter may begin behind the byte at `p`: a CR or LF, and dashes as far as [p, end) reaches.
inline bool may_begin_delimiter(const char* p, const char* end) {
    return (*p == '\r' || *p == '\n') && (end - p < 2 || p[1] == '-') && (end - p < 3 || p[2] == '-');
}

// The first byte of [p, end) of which that holds; `end` if there is none.
inline const char* find_delimiter(const char* p, const char* end) {
#ifdef __SSE2__
    const auto load = [](const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
    const __m128i cr = _mm_set1_epi8('\r'), lf = _mm_set1_epi8('\n'), dash = _mm_set1_epi8('-');
    for (; end - p >= 18; p += 16) {
        const __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(load(p), cr), _mm_cmpeq_epi8(load(p), lf));
        const __m128i dashes = _mm_and_si128(_mm_cmpeq_epi8(load(p + 1), dash), _mm_cmpeq_epi8(load(p + 2), dash));
        const auto found = static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_and_si128(ends, dashes)));
        if (found != 0) return p + std::countr_zero(found);
    }
#else
    while (end - p > 1) {
        const auto* at = static_cast<const char*>(std::memchr(p + 1, '-', static_cast<std::size_t>(end - p - 1)));
        p = at != nullptr ? at - 1 : end - 1;
        if (may_begin_delimiter(p, end)) return p;
        ++p;
    }
#endif
    while (p != end && !may_begin_delimiter(p, end)) ++p;
    return p;
}

}  // namespace ferry::openai
