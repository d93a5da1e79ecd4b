#include "base/utf8.hpp"

namespace ferry {

std::size_t character_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    utf8_grammar grammar;
    if (!grammar.begin(first)) return 0;
    std::size_t length = 1;
    for (; grammar.is_inside(); ++length) {
        if (length == text.size() || !grammar.next(static_cast<unsigned char>(text[length]))) return 0;
    }
    return length;
}

char32_t code_point(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    if (character.size() == 1) return first;
    char32_t code = first & (0x7fu >> character.size());
    for (const char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3fu);
    return code;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = character_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string_view clip_utf8(std::string_view text, std::size_t bytes) {
    constexpr std::size_t most_behind_first = 3;
    if (text.size() <= bytes) return text;
    std::size_t end = bytes;
    while (end > 0 && bytes - end < most_behind_first && continues_character(text[end])) --end;
    return text.substr(0, end);
}

}  // namespace ferry
