#include "app/cli/import/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "app/cli/import/amounts.hpp"
#include "app/cli/import/csv.hpp"
#include "app/cli/import/model_info.hpp"
#include "app/cli/import/mysql_dump.hpp"
#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "store/database.hpp"

namespace ferry::app::takeover {
namespace {

using tables = std::map<std::string, store::foreign_table>;

std::string read_whole_file(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(std::istreambuf_iterator<char>(in), {});
    if (!in.is_open() || in.bad())
        throw std::runtime_error(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return text;
}

bool is_sqlite_file(const std::string& path) {
    constexpr std::string_view mark = "SQLite format 3";
    std::ifstream in(path, std::ios::binary);
    std::string begin(mark.size(), '\0');
    in.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    return begin == mark;
}

std::vector<std::string> wanted_names(const table_names& of) {
    std::vector<std::string> names;
    for (const auto* name : {&of.keys, &of.users, &of.teams, &of.models, &of.options, &of.abilities}) {
        if (!name->empty()) names.push_back(*name);
    }
    return names;
}

std::vector<store::foreign_table> read_whole_source(const std::string& where, const std::vector<std::string>& names) {
    if (store::is_server_url(where) || is_sqlite_file(where)) return store::read_foreign_tables(where, names);
    const std::string text = read_whole_file(where);
    try {
        return read_mysql_dump(text, names);
    } catch (const std::runtime_error& error) {
        throw std::runtime_error(fmt::format("{}: {}", where, error.what()));
    }
}

store::foreign_table read_table_file(const std::string& path, const std::string& name) {
    const std::string text = read_whole_file(path);
    const auto begin = trimmed(std::string_view(text).substr(0, 64), is_white_space);
    if (begin.starts_with('{') || begin.starts_with('[')) return read_model_info(text, name, path);
    auto table = read_csv(text, name);
    if (table.columns.empty()) throw std::runtime_error(fmt::format("{} is empty: its first line names columns", path));
    return table;
}

}  // namespace

std::optional<std::string> source_row::find(std::string_view column) const {
    const auto& columns = table_->columns;
    const auto found = std::find(columns.begin(), columns.end(), column);
    const auto at = static_cast<std::size_t>(found - columns.begin());
    return at < row_->values.size() ? row_->values[at] : std::nullopt;
}

std::string source_row::text(std::string_view column) const {
    return std::string(trimmed(std::string_view(find(column).value_or("")), is_white_space));
}

std::optional<std::int64_t> source_row::number(std::string_view column) const {
    const auto written = text(column);
    if (const auto whole = parse_number(written)) return whole;
    return scaled(written, 0);
}

bool source_row::flag(std::string_view column) const {
    const auto written = lower_case(text(column));
    return written == "1" || written == "t" || written == "true";
}

bool source_row::says(std::string_view column) const {
    constexpr auto nothing = std::to_array<std::string_view>({"", "{}", "[]", "null", "0", "f", "false"});
    const auto written = lower_case(text(column));
    return std::find(nothing.begin(), nothing.end(), written) == nothing.end();
}

bool source_row::has(std::string_view column) const {
    return std::find(table_->columns.begin(), table_->columns.end(), column) != table_->columns.end();
}

tables read_source(const source_files& files, const table_names& names) {
    tables found;
    if (!files.whole.empty()) {
        for (auto& table : read_whole_source(files.whole, wanted_names(names))) {
            auto name = table.name;
            found.emplace(std::move(name), std::move(table));
        }
    }
    for (const auto& [name, path] : files.tables) found.insert_or_assign(name, read_table_file(path, name));
    return found;
}

}  // namespace ferry::app::takeover
