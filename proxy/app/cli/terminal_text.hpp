// Text of others made fit for a terminal, and how much room it takes there. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry::app {

// How many columns a terminal gives to a character: 2 for East Asian wide ones, 0 for marks that join the one before.
std::size_t columns_of(char32_t c);

// REQUIRES: valid UTF-8.
std::size_t display_width(std::string_view text);

// Line feeds stay, CRLF becomes one, a tab four blanks. Everything else that could steer a terminal or turn the reading
// direction of its line, and what is no UTF-8, is shown as U+FFFD.
std::string terminal_text(std::string_view text);

}  // namespace ferry::app
