#include "app/cli/table.hpp"

#include <algorithm>

#include "base/escape.hpp"
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

int columns_of(char32_t c) {
    return std::any_of(std::begin(wide), std::end(wide),
                       [c](auto range) { return c >= range.first && c <= range.last; })
               ? 2
               : 1;
}

// REQUIRES: valid UTF-8, which readable() has made of it.
std::size_t display_width(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const std::size_t length = character_length(text);
        width += static_cast<std::size_t>(columns_of(code_point(text.substr(0, length))));
        text.remove_prefix(length);
    }
    return width;
}

std::string readable(std::string_view text) {
    std::string shown;
    append_readable(shown, text);
    return shown;
}

void append_line(std::string& out, const std::vector<table_column>& columns, const std::vector<std::size_t>& widths,
                 const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string padding(widths[i] - display_width(cells[i]), ' ');
        if (i > 0) line += "  ";
        line += columns[i].side == align::right ? padding + cells[i] : cells[i] + padding;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
}

}  // namespace

std::string aligned_table(const std::vector<table_column>& columns, const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::vector<std::string>> lines(1);
    for (const table_column& column : columns) lines.front().push_back(readable(column.title));
    for (const auto& row : rows) {
        auto& line = lines.emplace_back();
        for (const std::string& cell : row) line.push_back(readable(cell));
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : lines) {
        for (std::size_t i = 0; i < widths.size(); ++i) widths[i] = std::max(widths[i], display_width(line[i]));
    }
    std::string out;
    for (const auto& line : lines) append_line(out, columns, widths, line);
    return out;
}

std::string csv_line(const std::vector<std::string>& cells) {
    std::string line;
    for (const std::string& cell : cells) {
        if (&cell != &cells.front()) line += ',';
        if (cell.find_first_of(",\"\r\n") == std::string::npos) {
            line += cell;
            continue;
        }
        line += '"';
        for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
        line += '"';
    }
    return line + "\n";
}

std::string json_string(std::string_view text) {
    return '"' + escaped(text) + '"';
}

json_object& json_object::raw(std::string_view name, std::string_view json) {
    if (body_.size() > 1) body_ += ',';
    body_.append(json_string(name)).append(":").append(json);
    return *this;
}

json_object& json_object::text(std::string_view name, std::string_view value) {
    return raw(name, json_string(value));
}
json_object& json_object::number(std::string_view name, int128 value) {
    return raw(name, format_decimal(value, 0));
}
json_object& json_object::flag(std::string_view name, bool value) {
    return raw(name, value ? "true" : "false");
}

std::string json_array(const std::vector<std::string>& values) {
    if (values.empty()) return "[]\n";
    std::string out = "[";
    for (const std::string& value : values) out.append(out.size() > 1 ? ",\n  " : "\n  ").append(value);
    return out + "\n]\n";
}

}  // namespace ferry::app
