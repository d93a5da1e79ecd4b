// The terminal that standard output goes to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/cli/text_columns.hpp"

namespace ferry::app {

// Whether it can be drawn on: a terminal, and not a dumb one.
bool is_drawable_terminal();

struct screen_size {
    std::size_t columns = 80, lines = 24;
};
// As it is now; the default where the terminal does not say.
screen_size size_of_screen();

// With colour, unless NO_COLOR is set to anything but "" (no-color.org).
text_styles terminal_styles();

// The terminal's second screen while it lives: what stood on the first comes back when it is gone, whatever was drawn.
// REQUIRES: is_drawable_terminal().
class drawn_screen {
public:
    drawn_screen();
    ~drawn_screen();
    drawn_screen(const drawn_screen&) = delete;
    drawn_screen& operator=(const drawn_screen&) = delete;

    // REQUIRES: no more and no longer lines than the screen has.
    void draw(const std::vector<std::string>& lines);
};

}  // namespace ferry::app
