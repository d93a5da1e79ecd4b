// Several texts on one screen: side by side where there is room, else one below the other. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/escape.hpp"

namespace ferry::app {

// Text of others: nothing in it reaches the lines below that could steer a terminal.
struct text_column {
    std::string title, text;
    std::string error;  // "" if there is none
};

// What goes before a title, before an error, and behind both; all "" where there is no colour.
struct text_styles {
    std::string_view title, error, end;
};

inline constexpr std::size_t narrowest_column = 24, narrowest_screen = 8;

// How wide each column is when `count` of them share a screen; 0 where there is no room for all.
std::size_t column_width(std::size_t count, std::size_t screen_columns);

// The lines of a text, none wider than `width`: broken at blanks and around wide characters, within a word only where
// it does not fit into a line of its own. Blanks at the beginning of a line stay. REQUIRES: terminal_text; width >= 2.
std::vector<std::string> wrapped(std::string_view text, std::size_t width);

// The columns with their titles, as lines. Of each column's text only the last `most_lines`.
std::vector<std::string> side_by_side(std::span<const text_column> columns, std::size_t width,
                                      const text_styles& styles, std::size_t most_lines = no_limit);

// The same texts one below the other, at full width; a `width` of no_limit wraps nothing.
std::vector<std::string> one_below_other(std::span<const text_column> columns, std::size_t width,
                                         const text_styles& styles, std::size_t most_lines = no_limit);

// What of them fits on a screen of so many columns and lines: the newest lines.
std::vector<std::string> fitted(std::span<const text_column> columns, std::size_t screen_columns,
                                std::size_t screen_lines, const text_styles& styles);

}  // namespace ferry::app
