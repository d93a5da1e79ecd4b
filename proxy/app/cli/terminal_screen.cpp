#include "app/cli/terminal_screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace ferry::app {
namespace {

// XTerm's private modes, which every terminal of today knows: 1049 the second screen, 25 the cursor.
constexpr std::string_view enter = "\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J";
constexpr std::string_view leave = "\x1b[0m\x1b[?25h\x1b[?1049l";

void put(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

bool is_drawable_terminal() {
    return ::isatty(STDOUT_FILENO) == 1 && variable("TERM") != "dumb" && !variable("TERM").empty();
}

screen_size size_of_screen() {
    winsize told{};
    screen_size size;
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) != 0) return size;
    if (told.ws_col > 0) size.columns = told.ws_col;
    if (told.ws_row > 0) size.lines = told.ws_row;
    return size;
}

text_styles terminal_styles() {
    if (!variable("NO_COLOR").empty()) return {};
    return {"\x1b[1;36m", "\x1b[31m", "\x1b[0m"};
}

drawn_screen::drawn_screen() {
    put(enter);
}

drawn_screen::~drawn_screen() {
    put(leave);
}

void drawn_screen::draw(const std::vector<std::string>& lines) {
    std::string frame = "\x1b[H";
    for (const auto& line : lines) {
        if (&line != &lines.front()) frame += "\r\n";
        frame.append("\x1b[K").append(
            line);  // in this order: behind a full line the cursor stands on its last character
    }
    put(frame + "\x1b[J");
}

}  // namespace ferry::app
