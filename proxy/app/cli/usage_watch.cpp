#include "app/cli/usage_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <optional>
#include <string_view>
#include <vector>

#include "app/cli/terminal_screen.hpp"
#include "app/cli/terminal_text.hpp"
#include "base/clock.hpp"
#include "base/time_text.hpp"

namespace ferry::app {
namespace {

constexpr timespec between_reports{2, 0};

std::vector<std::string> text_lines(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string clipped_to(std::string line, std::size_t columns) {
    // Character by character: tables hold no control characters.
    while (display_width(line) > columns) {
        auto last = line.size() - 1;
        while (last > 0 && (static_cast<unsigned char>(line[last]) & 0xC0) == 0x80) --last;
        line.resize(last);
    }
    return line;
}

std::string now_text() {
    constexpr std::size_t to_seconds = 19;
    return time_text(wall_us()).substr(0, to_seconds) + " UTC";
}

void draw(drawn_screen& screen, const std::string& table) {
    const auto size = size_of_screen();
    auto lines = text_lines(table);
    const auto title = now_text() + ", every 2 s; Ctrl-C ends";
    lines.insert(lines.begin(), {title, ""});
    if (lines.size() > size.lines) {
        const auto left_out = lines.size() - size.lines + 1;
        lines.resize(size.lines - 1);
        lines.push_back(fmt::format("... and {} more lines", left_out));
    }
    for (auto& line : lines) line = clipped_to(std::move(line), size.columns);
    screen.draw(lines);
}

}  // namespace

held_signals::held_signals() {
    sigemptyset(&set_);
    for (const int one : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) sigaddset(&set_, one);
    ::pthread_sigmask(SIG_BLOCK, &set_, &before_);
}

held_signals::~held_signals() {
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool held_signals::wait() const {
    const int got = ::sigtimedwait(&set_, nullptr, &between_reports);
    return got < 0 || got == SIGWINCH;
}

void watch(const held_signals& signals, const std::function<std::string()>& make) {
    std::string last = make();
    if (!is_drawable_terminal()) {
        fmt::print("{}\n{}\n", now_text(), last);
        std::fflush(stdout);
        while (signals.wait()) {
            const auto next = make();
            if (next == last) continue;
            last = next;
            fmt::print("{}\n{}\n", now_text(), last);
            std::fflush(stdout);
        }
        return;
    }
    {
        drawn_screen screen;
        draw(screen, last);
        while (signals.wait()) {
            last = make();
            draw(screen, last);
        }
    }
    fmt::print("{}\n{}", now_text(), last);
}

}  // namespace ferry::app
