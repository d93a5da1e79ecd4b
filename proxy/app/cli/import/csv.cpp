#include "app/cli/import/csv.hpp"

#include <fmt/format.h>

#include <utility>

namespace ferry::app::takeover {
namespace {

class csv_reader {
public:
    explicit csv_reader(std::string_view text) : text_(text) {
        constexpr std::string_view mark = "\xEF\xBB\xBF";
        if (text_.starts_with(mark)) text_.remove_prefix(mark.size());
    }

    // False at the end. Blank lines are no records.
    bool next(store::foreign_row& row) {
        while (at_ < text_.size() && ends_line()) skip_end();
        if (at_ >= text_.size()) return false;
        row = {};
        row.line = line_;
        for (;;) {
            row.values.push_back(text_[at_] == '"' ? quoted(row) : bare(row));
            if (at_ < text_.size() && text_[at_] == ',') {
                ++at_;
                if (at_ < text_.size()) continue;
                row.values.emplace_back();
            }
            break;
        }
        skip_end();
        return true;
    }

private:
    bool ends_line() const { return text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n"); }

    void skip_end() {
        if (at_ >= text_.size()) return;
        at_ += text_[at_] == '\r' ? 2 : 1;
        ++line_;
    }

    std::optional<std::string> bare(store::foreign_row& row) {
        std::string value;
        while (at_ < text_.size() && text_[at_] != ',' && !ends_line()) {
            if (text_[at_] == '"') note(row, "a quote stands within a field that does not begin with one");
            value += text_[at_++];
        }
        if (value.empty() || value == "\\N") return std::nullopt;
        return value;
    }

    std::optional<std::string> quoted(store::foreign_row& row) {
        std::string value;
        for (++at_; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            line_ += c == '\n' ? 1 : 0;
            if (c != '"') {
                value += c;
            } else if (text_.substr(at_ + 1).starts_with('"')) {
                value += text_[++at_];
            } else {
                break;
            }
        }
        if (at_ >= text_.size()) {
            note(row, "its quotes do not close");
            return value;
        }
        ++at_;
        if (at_ < text_.size() && text_[at_] != ',' && !ends_line()) {
            note(row, "something stands behind the closing quote of a field");
            while (at_ < text_.size() && text_[at_] != ',' && !ends_line()) ++at_;
        }
        return value;
    }

    static void note(store::foreign_row& row, const char* what) {
        if (row.defect.empty()) row.defect = what;
    }

    std::string_view text_;
    std::size_t at_ = 0, line_ = 1;
};

}  // namespace

store::foreign_table read_csv(std::string_view text, std::string name) {
    store::foreign_table table{std::move(name), {}, {}};
    csv_reader reader(text);
    store::foreign_row row;
    if (!reader.next(row)) return table;
    for (const auto& column : row.values) table.columns.push_back(column.value_or(""));
    while (reader.next(row)) {
        if (row.defect.empty() && row.values.size() != table.columns.size()) {
            row.defect =
                fmt::format("it has {} fields, and the first line names {}", row.values.size(), table.columns.size());
        }
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace ferry::app::takeover
