#include "app/cli/csv.hpp"

#include <algorithm>

namespace ferry::app {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

char separator_of(std::string_view text) {
    const auto first = text.substr(0, text.find('\n'));
    for (const char one : {',', ';', '\t'}) {
        if (first.find(one) != std::string_view::npos) return one;
    }
    return ',';
}

// Reads one cell and steps behind it. False where its quote is not closed.
bool read_cell(std::string_view text, std::size_t& at, std::size_t& line, char separator, std::string& cell) {
    const auto is_end = [&](char c) { return c == separator || c == '\n' || c == '\r'; };
    if (at >= text.size() || text[at] != '"') {
        while (at < text.size() && !is_end(text[at])) cell += text[at++];
        return true;
    }
    for (++at; at < text.size(); ++at) {
        if (text[at] == '"') {
            if (at + 1 == text.size() || text[at + 1] != '"') {
                ++at;
                while (at < text.size() && !is_end(text[at])) cell += text[at++];
                return true;
            }
            ++at;
        }
        if (text[at] == '\n') ++line;
        cell += text[at];
    }
    return false;
}

}  // namespace

std::optional<std::vector<csv_record>> parse_csv(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    const char separator = separator_of(text);
    std::vector<csv_record> records;
    std::size_t at = 0, line = 1;
    while (at < text.size()) {
        csv_record record{{}, line};
        for (;;) {
            if (!read_cell(text, at, line, separator, record.cells.emplace_back())) return std::nullopt;
            if (at >= text.size() || text[at] != separator) break;
            ++at;
        }
        if (at < text.size() && text[at] == '\r') ++at;
        if (at < text.size() && text[at] == '\n') ++at;
        ++line;
        if (record.cells.size() > 1 || !record.cells.front().empty()) records.push_back(std::move(record));
    }
    return records;
}

}  // namespace ferry::app
