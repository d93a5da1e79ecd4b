#include "app/cli/import/mysql_dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "app/cli/import/mysql_tokens.hpp"

namespace ferry::app::takeover {
namespace {

using kind = mysql_token::kind;

class dump_reader {
public:
    dump_reader(std::string_view text, std::span<const std::string> names) : tokens_(text), names_(names) {}

    void read() {
        for (;;) {
            const auto word = tokens_.next();
            if (word.type == kind::end) return;
            if (word.is(';')) continue;
            if (word.is_word("INSERT") || word.is_word("REPLACE")) {
                read_insert();
            } else if (word.is_word("CREATE") && tokens_.next().is_word("TABLE")) {
                read_create();
            } else {
                tokens_.skip_statement();
            }
        }
    }

    std::vector<store::foreign_table> take() {
        std::vector<store::foreign_table> found;
        for (const auto& name : names_) {
            if (const auto table = tables_.find(name); table != tables_.end())
                found.push_back(std::move(table->second));
        }
        return found;
    }

private:
    bool is_wanted(const std::string& name) const {
        return std::find(names_.begin(), names_.end(), name) != names_.end();
    }

    // `tokens`, or `oneapi`.`tokens`; leaves in `token` what follows.
    std::string table_name(mysql_token& token) {
        while (token.is_word("INTO") || token.is_word("IGNORE") || token.is_word("IF") || token.is_word("NOT") ||
               token.is_word("EXISTS"))
            token = tokens_.next();
        auto name = token.value;
        for (token = tokens_.next(); token.is('.'); token = tokens_.next()) name = tokens_.next().value;
        return name;
    }

    store::foreign_table& table(const std::string& name) {
        auto& one = tables_[name];
        one.name = name;
        return one;
    }

    // A definition of a column begins with its name in backquotes; those of keys begin with a word.
    void read_create() {
        auto token = tokens_.next();
        const auto name = table_name(token);
        if (!is_wanted(name) || !token.is('(')) {
            if (!token.is(';')) tokens_.skip_statement();
            return;
        }
        auto& into = table(name);
        into.columns.clear();
        int depth = 1;
        bool begins = true;
        for (token = tokens_.next(); token.type != kind::end && !(token.is(';') && depth <= 1);
             token = tokens_.next()) {
            if (begins && depth == 1 && token.type == kind::name && token.is_quoted)
                into.columns.push_back(token.value);
            begins = token.is(',');
            depth += token.is('(') ? 1 : token.is(')') ? -1 : 0;
        }
    }

    void read_insert() {
        auto token = tokens_.next();
        const auto name = table_name(token);
        if (!is_wanted(name)) {
            if (!token.is(';')) tokens_.skip_statement();
            return;
        }
        auto& into = table(name);
        if (token.is('(')) {
            set_columns(into, read_names());
            token = tokens_.next();
        }
        if (into.columns.empty()) {
            throw std::runtime_error(fmt::format(
                "line {}: rows of {} come before any word about its columns; dump the table with its CREATE TABLE, or "
                "with --complete-insert",
                tokens_.line(), name));
        }
        if (!token.is_word("VALUES")) return tokens_.skip_statement();
        for (token = tokens_.next(); token.is('('); token = tokens_.next()) {
            into.rows.push_back(read_row(into.columns.size()));
            if (token = tokens_.next(); !token.is(',')) break;
        }
        if (!token.is(';') && token.type != kind::end) {
            throw std::runtime_error(
                fmt::format("line {}: the rows of {} are not as mysqldump writes them", tokens_.line(), name));
        }
    }

    void set_columns(store::foreign_table& into, std::vector<std::string> columns) {
        if (!into.rows.empty() && into.columns != columns) {
            throw std::runtime_error(fmt::format("line {}: the rows of {} come with other columns than those before",
                                                 tokens_.line(), into.name));
        }
        into.columns = std::move(columns);
    }

    std::vector<std::string> read_names() {
        std::vector<std::string> names;
        for (auto token = tokens_.next(); !token.is(')') && token.type != kind::end; token = tokens_.next()) {
            if (token.type == kind::name) names.push_back(token.value);
        }
        return names;
    }

    // Behind its opening bracket.
    store::foreign_row read_row(std::size_t columns) {
        store::foreign_row row;
        row.line = tokens_.line();
        for (auto token = tokens_.next(); !token.is(')'); token = tokens_.next()) {
            if (token.type == kind::end) {
                throw std::runtime_error(fmt::format("line {}: the dump ends within a row", row.line));
            }
            if (token.is(',')) continue;
            if (token.is_word("B") || (token.type == kind::name && token.value.starts_with('_')))
                continue;  // _binary ''
            const bool is_null = token.is_word("NULL");
            row.values.push_back(is_null ? std::nullopt : std::optional(std::move(token.value)));
        }
        if (row.values.size() != columns) {
            row.defect = fmt::format("it has {} values, and the table {} columns", row.values.size(), columns);
        }
        return row;
    }

    mysql_tokens tokens_;
    std::span<const std::string> names_;
    std::map<std::string, store::foreign_table> tables_;
};

}  // namespace

std::vector<store::foreign_table> read_mysql_dump(std::string_view text, std::span<const std::string> names) {
    dump_reader reader(text, names);
    reader.read();
    return reader.take();
}

}  // namespace ferry::app::takeover
