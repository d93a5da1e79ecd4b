#include "base/escape.hpp"

#include <array>
#include <cstdint>

namespace ferry {
namespace {

constexpr auto make_plain_table() {
    std::array<bool, 256> plain{};
    for (unsigned c = 0x20; c < 0x7f; ++c) plain[c] = c != '"' && c != '\\';
    return plain;
}
constexpr auto plain_table = make_plain_table();

bool is_plain(char c) {
    return plain_table[static_cast<unsigned char>(c)];
}

struct character {
    std::size_t size;         // bytes it takes in the text, at least 1
    std::uint32_t codepoint;  // 0xFFFD for a byte that is not UTF-8
};

// RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF.
character decode(std::string_view text) {
    constexpr character bad{1, 0xFFFD};
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
    const std::uint32_t first = byte(0);
    if (first < 0x80) return {1, first};
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < size) return bad;
    std::uint32_t codepoint = first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return bad;
        codepoint = codepoint << 6 | (byte(i) & 0x3f);
    }
    constexpr std::array<std::uint32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = codepoint >= 0xd800 && codepoint <= 0xdfff;
    if (codepoint < smallest[size] || codepoint > 0x10ffff || surrogate) return bad;
    return {size, codepoint};
}

bool is_control(std::uint32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

// The text of one character that is not plain; `storage` holds it if it is not a piece of the original.
std::string_view spell(std::string_view original, std::uint32_t c, std::array<char, 6>& storage) {
    switch (c) {
        case '"':
            return "\\\"";
        case '\\':
            return "\\\\";
        case '\n':
            return "\\n";
        case '\r':
            return "\\r";
        case '\t':
            return "\\t";
        case 0xFFFD:
            return "\xef\xbf\xbd";
        default:
            break;
    }
    if (!is_control(c)) return original;
    constexpr std::string_view hex = "0123456789abcdef";
    storage = {'\\', 'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15], hex[c & 15]};
    return {storage.data(), storage.size()};
}

}  // namespace

// Without a branch, so that the compiler does 16 bytes at a time.
bool is_plain(std::string_view text) {
    unsigned char odd = 0;
    for (const char one : text) {
        const auto c = static_cast<unsigned char>(one);
        odd |= (c < 0x20) | (c > 0x7e) | (c == '"') | (c == '\\');
    }
    return odd == 0;
}

void append_escaped(std::string& out, std::string_view text, std::size_t limit) {
    std::array<char, 6> storage{};
    while (!text.empty()) {
        std::size_t plain = 0;
        while (plain < text.size() && is_plain(text[plain])) ++plain;
        if (plain > limit) plain = limit;
        out.append(text.substr(0, plain));
        limit -= plain;
        text.remove_prefix(plain);
        if (text.empty() || limit == 0) return;
        const character next = decode(text);
        const std::string_view spelled = spell(text.substr(0, next.size), next.codepoint, storage);
        if (spelled.size() > limit) return;
        out.append(spelled);
        limit -= spelled.size();
        text.remove_prefix(next.size);
    }
}

}  // namespace ferry
