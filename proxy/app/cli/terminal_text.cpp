#include "app/cli/terminal_text.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace ferry::app {
namespace {

struct code_point_range {
    char32_t first, last;
};

// The blocks that terminals show in two columns (East Asian Width W and F, by whole blocks).
constexpr code_point_range wide[] = {{0x1100, 0x115F},   {0x2E80, 0x303E},  {0x3041, 0xA4CF}, {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},  {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
                                     {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};

// Marks, joiners and variation selectors that take no column of their own.
constexpr code_point_range joining[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F},
                                        {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x20D0, 0x20FF},
                                        {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}, {0xFEFF, 0xFEFF}, {0xE0100, 0xE01EF}};

// Control characters (C0, DEL, C1), the separators of lines and paragraphs, and what turns the reading direction.
constexpr code_point_range steering[] = {{0x00, 0x1F}, {0x7F, 0x9F}, {0x2028, 0x202E}, {0x2066, 0x2069}};

template <std::size_t count>
bool is_in(const code_point_range (&ranges)[count], char32_t c) {
    return std::any_of(std::begin(ranges), std::end(ranges),
                       [c](auto range) { return c >= range.first && c <= range.last; });
}

}  // namespace

std::size_t columns_of(char32_t c) {
    if (is_in(joining, c)) return 0;
    return is_in(wide, c) ? 2 : 1;
}

std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        width += columns_of(code_point(text.substr(0, length)));
        text.remove_prefix(length);
    }
    return width;
}

std::string terminal_text(std::string_view text) {
    std::string shown;
    shown.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        const auto character = text.substr(0, std::max<std::size_t>(length, 1));
        if (text.front() == '\n')
            shown += '\n';
        else if (text.front() == '\t')
            shown += "    ";
        else if (length == 0 || (is_in(steering, code_point(character)) && !text.starts_with("\r\n")))
            shown += replacement_character;
        else if (text.front() != '\r')
            shown += character;
        text.remove_prefix(character.size());
    }
    return shown;
}

}  // namespace ferry::app
