#include "net/token.hpp"

#include <cstdint>
#include <cstring>

#include "base/ascii.hpp"

namespace ferry::net {

namespace {

// Eight at once: a byte is A to Z where adding carries into its high bit from 'A' on, but not yet after 'Z'.
constexpr std::uint64_t lower(std::uint64_t text) {
    constexpr std::uint64_t each = 0x0101010101010101;
    const auto seven = text & each * 0x7f;
    const auto from_a = seven + each * (0x80 - 'A');
    const auto after_z = seven + each * (0x7f - 'Z');
    return text | ((from_a ^ after_z) & ~text & each * 0x80) >> 2;
}

}  // namespace

bool same_token(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    std::size_t i = 0;
    for (; i + 8 <= a.size(); i += 8) {
        std::uint64_t x, y;
        std::memcpy(&x, a.data() + i, 8);
        std::memcpy(&y, b.data() + i, 8);
        if (x != y && lower(x) != lower(y)) return false;
    }
    for (; i < a.size(); ++i) {
        if (lower_case(a[i]) != lower_case(b[i])) return false;
    }
    return true;
}

}  // namespace ferry::net
