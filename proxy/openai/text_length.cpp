#include "openai/text_length.hpp"

#include <charconv>

namespace ferry::openai {

namespace {

// Of the escape that begins at `at`: 0 if it is none of the kind.
unsigned unit_at(std::string_view text, std::size_t at) {
    unsigned unit = 0;
    if (at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u') {
        std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16);
    }
    return unit;
}

bool is_high(unsigned unit) {
    return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low(unsigned unit) {
    return unit >= 0xdc00 && unit < 0xe000;
}

}  // namespace

std::int64_t characters_of(std::string_view json_string) {
    if (json_string.size() < 2 || json_string.front() != '"') return 0;
    const auto text = json_string.substr(1, json_string.size() - 2);
    std::int64_t count = 0;
    for (std::size_t at = 0; at < text.size(); ++count) {
        if (text[at] != '\\') {
            // To the next byte that is no continuation of this one.
            do ++at;
            while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80);
        } else if (text[at + 1] != 'u') {
            at += 2;
        } else {
            const bool is_pair = is_high(unit_at(text, at)) && is_low(unit_at(text, at + 6));
            at += is_pair ? 12 : 6;
        }
    }
    return count;
}

}  // namespace ferry::openai
