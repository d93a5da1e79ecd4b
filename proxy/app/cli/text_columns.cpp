#include "app/cli/text_columns.hpp"

#include <algorithm>
#include <iterator>

#include "app/cli/terminal_text.hpp"
#include "base/utf8.hpp"

namespace ferry::app {
namespace {

constexpr std::string_view gap = " \xe2\x94\x82 ";  // │
constexpr std::size_t gap_width = 3, header_lines = 2;

// A line, and the columns it takes: styles have none.
struct drawn_line {
    std::string text;
    std::size_t width = 0;
};

std::string_view without_last_blanks(std::string_view line) {
    return line.substr(0, line.find_last_not_of(' ') + 1);
}

// Breaks one line of text.
class line_breaker {
public:
    line_breaker(std::size_t width, std::vector<std::string>& into) : width_(width), into_(into) {}

    void take(std::string_view character) {
        const bool is_blank = character == " ";
        if (is_blank && has_word_ && line_.empty()) return;  // the line before ended here
        const std::size_t columns = columns_of(code_point(character));
        if (at_ + columns > width_ && !make_room(is_blank)) return;
        if (columns == 2) break_at_ = line_.size();
        line_ += character;
        at_ += columns;
        has_word_ = has_word_ || !is_blank;
        if ((is_blank && has_word_) || columns == 2) break_at_ = line_.size();
    }

    void finish() { into_.emplace_back(without_last_blanks(line_)); }

private:
    // False for the blank that the end of the line stands for.
    bool make_room(bool is_blank) {
        const std::size_t end = is_blank || break_at_ == 0 ? line_.size() : break_at_;
        into_.emplace_back(without_last_blanks(std::string_view(line_).substr(0, end)));
        line_.erase(0, end);
        at_ = display_width(line_);
        break_at_ = 0;
        return !is_blank;
    }

    const std::size_t width_;
    std::vector<std::string>& into_;
    std::string line_;
    std::size_t at_ = 0, break_at_ = 0;
    bool has_word_ = false;  // blanks in front of the first word are its indentation
};

std::string clipped(std::string_view text, std::size_t width) {
    std::size_t at = 0, end = 0;
    while (end < text.size()) {
        const auto character = text.substr(end, character_length(text.substr(end)));
        at += columns_of(code_point(character));
        if (at > width) break;
        end += character.size();
    }
    return std::string(text.substr(0, end));
}

drawn_line styled(std::string text, std::string_view style, std::string_view end) {
    const auto width = display_width(text);
    return {std::string(style).append(text).append(end), width};
}

std::string one_line(std::string_view text) {
    auto shown = terminal_text(text);
    std::replace(shown.begin(), shown.end(), '\n', ' ');
    return shown;
}

std::vector<std::string> lines_of(std::string_view text, std::size_t width) {
    if (width != no_limit) return wrapped(text, width);
    std::vector<std::string> lines;
    for (;;) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        if (end == text.size()) return lines;
        text.remove_prefix(end + 1);
    }
}

// A title, what underlines it, and the last lines of the text with the error behind it.
std::vector<drawn_line> draw(const text_column& column, std::size_t width, const text_styles& styles,
                             std::size_t most_lines) {
    std::vector<drawn_line> body;
    const auto text = terminal_text(column.text);
    const auto whole = std::string_view(text).substr(0, text.find_last_not_of("\n ") + 1);
    if (!whole.empty()) {
        for (auto& line : lines_of(whole, width)) {
            const auto taken = display_width(line);
            body.push_back({std::move(line), taken});
        }
    }
    if (!column.error.empty()) {
        for (auto& line : lines_of("error: " + one_line(column.error), width))
            body.push_back(styled(std::move(line), styles.error, styles.end));
    }
    const auto skipped = body.size() - std::min(body.size(), most_lines);
    const auto title = clipped(one_line(column.title), width);
    std::string rule;
    for (std::size_t i = 0; i < std::min(width, std::max<std::size_t>(display_width(title), 1)); ++i)
        rule += "\xe2\x94\x80";  // ─
    std::vector<drawn_line> lines;
    lines.push_back(styled(title, styles.title, styles.end));
    lines.push_back(styled(rule, "", ""));
    std::move(body.begin() + static_cast<std::ptrdiff_t>(skipped), body.end(), std::back_inserter(lines));
    return lines;
}

}  // namespace

std::size_t column_width(std::size_t count, std::size_t screen_columns) {
    const auto gaps = gap_width * (count - 1);
    if (count == 0 || screen_columns < gaps) return 0;
    const auto width = (screen_columns - gaps) / count;
    return width < narrowest_column ? 0 : width;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    for (const auto& line : lines_of(text, no_limit)) {
        line_breaker breaker(width, lines);
        for (std::size_t at = 0; at < line.size();) {
            const auto character =
                std::string_view(line).substr(at, character_length(std::string_view(line).substr(at)));
            breaker.take(character);
            at += character.size();
        }
        breaker.finish();
    }
    return lines;
}

std::vector<std::string> side_by_side(std::span<const text_column> columns, std::size_t width,
                                      const text_styles& styles, std::size_t most_lines) {
    std::vector<std::vector<drawn_line>> drawn;
    std::size_t height = 0;
    for (const auto& column : columns) {
        drawn.push_back(draw(column, width, styles, most_lines));
        height = std::max(height, drawn.back().size());
    }
    std::vector<std::string> lines(height);
    for (std::size_t row = 0; row < height; ++row) {
        std::string& line = lines[row];
        for (const auto& column : drawn) {
            const drawn_line cell = row < column.size() ? column[row] : drawn_line{};
            line += cell.text;
            if (&column != &drawn.back()) line.append(width - cell.width, ' ').append(gap);
        }
        line.erase(line.find_last_not_of(' ') + 1);
    }
    return lines;
}

std::vector<std::string> one_below_other(std::span<const text_column> columns, std::size_t width,
                                         const text_styles& styles, std::size_t most_lines) {
    std::vector<std::string> lines;
    for (const auto& column : columns) {
        if (!lines.empty()) lines.emplace_back();
        for (auto& line : draw(column, width, styles, most_lines)) lines.push_back(std::move(line.text));
    }
    return lines;
}

std::vector<std::string> fitted(std::span<const text_column> columns, std::size_t screen_columns,
                                std::size_t screen_lines, const text_styles& styles) {
    std::vector<std::string> lines;
    if (const auto width = column_width(columns.size(), screen_columns); width > 0) {
        const auto room = screen_lines - std::min(screen_lines, header_lines);
        lines = side_by_side(columns, width, styles, room);
    } else {
        // Each gets its share, without the blank line before the next.
        const auto share = screen_lines / std::max<std::size_t>(columns.size(), 1);
        const auto room = share - std::min(share, header_lines + 1);
        lines = one_below_other(columns, std::max(screen_columns, narrowest_screen), styles, room);
    }
    if (lines.size() > screen_lines) lines.resize(screen_lines);
    return lines;
}

}  // namespace ferry::app
