#include "app/cli/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/terminal_text.hpp"
#include "base/escape.hpp"

namespace ferry::app {
namespace {

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

std::string json_texts(const std::vector<std::string>& texts) {
    std::vector<std::string> quoted;
    for (const auto& text : texts) quoted.push_back(json_string(text));
    return fmt::format("[{}]", fmt::join(quoted, ","));
}

json_object& json_object::raw(std::string_view name, std::string_view json) {
    if (body_.size() > 1) body_ += ',';
    body_.append(json_string(name)).append(":").append(json);
    return *this;
}

json_object& json_object::members(std::string_view several) {
    if (body_.size() > 1) body_ += ',';
    body_.append(several);
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
