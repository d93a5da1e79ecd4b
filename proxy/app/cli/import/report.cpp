#include "app/cli/import/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "app/cli/table.hpp"

namespace ferry::app::takeover {
namespace {

std::size_t count_of(const report& made, outcome is, std::string_view kind = {}) {
    return static_cast<std::size_t>(std::count_if(made.lines.begin(), made.lines.end(), [&](const auto& line) {
        return line.is == is && (kind.empty() || line.kind == kind);
    }));
}

std::string table_of(const report& made, outcome is, const char* last) {
    std::vector<std::vector<std::string>> cells;
    for (const auto& line : made.lines) {
        if (line.is == is) cells.push_back({line.from.table, line.from.row, line.what, line.why});
    }
    return aligned_table({{"table"}, {"row"}, {"what"}, {last}}, cells);
}

// "2 teams, 3 users, 4 models, 5 keys"
std::string counts_text(const report& made, outcome is) {
    std::string text;
    for (const std::string_view kind : {"team", "user", "model", "key"}) {
        const auto count = count_of(made, is, kind);
        text += fmt::format("{}{} {}{}", text.empty() ? "" : ", ", count, kind, count == 1 ? "" : "s");
    }
    return text;
}

const char* word_of(outcome is) {
    switch (is) {
        case outcome::taken:
            return "taken";
        case outcome::there_already:
            return "there_already";
        case outcome::not_taken:
            return "not_taken";
    }
    return "";
}

}  // namespace

std::string report_as_text(const report& made) {
    std::string text;
    const auto add = [&](outcome is, std::string_view title, const char* last) {
        if (count_of(made, is) > 0) text += fmt::format("{}\n{}\n", title, table_of(made, is, last));
    };
    add(outcome::taken, made.is_written ? "Taken:" : "To take:", "note");
    add(outcome::there_already, "There already:", "note");
    add(outcome::not_taken, "Not taken:", "why");
    text += fmt::format("{}: {}.\n", made.is_written ? "Taken" : "To take", counts_text(made, outcome::taken));
    text += fmt::format("There already: {}.\n", counts_text(made, outcome::there_already));
    text += fmt::format("Not taken, in whole or in part: {}.\n", count_of(made, outcome::not_taken));
    if (!made.is_written) text += "Nothing was written: the same with --apply writes it.\n";
    return text;
}

std::string report_as_json(const report& made) {
    std::vector<std::string> lines;
    for (const auto& line : made.lines) {
        json_object object;
        object.text("outcome", word_of(line.is)).text("kind", line.kind).text("table", line.from.table);
        object.text("row", line.from.row).text("what", line.what).text("why", line.why);
        lines.push_back(object.take());
    }
    json_object whole;
    whole.flag("written", made.is_written);
    for (const auto is : {outcome::taken, outcome::there_already, outcome::not_taken})
        whole.number(word_of(is), static_cast<std::int64_t>(count_of(made, is)));
    auto list = json_array(lines);
    while (list.ends_with('\n')) list.pop_back();
    return whole.raw("lines", list).take() + "\n";
}

}  // namespace ferry::app::takeover
