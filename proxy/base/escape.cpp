#include "base/escape.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "base/utf8.hpp"

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
    std::size_t size;     // bytes it takes in the text, at least 1
    char32_t code_point;  // U+FFFD for a byte that is not UTF-8
};

character first_of(std::string_view text) {
    const std::size_t length = character_length(text);
    if (length == 0) return {1, 0xFFFD};
    return {length, code_point(text.substr(0, length))};
}

bool is_control(char32_t c) {
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
}

// The text of one character that is not plain; `storage` holds it if it is not a piece of the original.
std::string_view spell(std::string_view original, char32_t c, std::array<char, 6>& storage) {
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
            return replacement_character;
        default:
            break;
    }
    if (!is_control(c)) return original;
    const auto digit = [c](int shift) { return hex_digits[c >> shift & 15]; };
    storage = {'\\', 'u', digit(12), digit(8), digit(4), digit(0)};
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
        const character next = first_of(text);
        const std::string_view spelled = spell(text.substr(0, next.size), next.code_point, storage);
        if (spelled.size() > limit) return;
        out.append(spelled);
        limit -= spelled.size();
        text.remove_prefix(next.size);
    }
}

std::string escaped(std::string_view text, std::size_t limit) {
    std::string out;
    append_escaped(out, text, limit);
    return out;
}

void append_readable(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t mark = std::min(text.find_first_of("\"\\"), text.size());
        append_escaped(out, text.substr(0, mark));
        if (mark < text.size()) out += text[mark];
        text.remove_prefix(std::min(mark + 1, text.size()));
    }
}

}  // namespace ferry
