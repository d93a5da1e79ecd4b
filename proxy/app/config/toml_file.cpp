#include "app/config/toml_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <tuple>

#include "base/ascii.hpp"

namespace ferry::app {
namespace {

std::string name_of(toml::node_type type) {
    switch (type) {
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "an array";
        case toml::node_type::date:
            return "a date";
        case toml::node_type::time:
            return "a time";
        case toml::node_type::date_time:
            return "a date and time";
        default:
            return "another type";
    }
}

raw_value to_raw(const toml::node& node) {
    if (const auto* b = node.as_boolean()) return b->get();
    if (const auto* n = node.as_integer()) return n->get();
    if (const auto* d = node.as_floating_point()) return d->get();
    if (const auto* s = node.as_string()) return s->get();
    if (const auto* list = node.as_array()) {
        std::vector<std::string> texts;
        for (const toml::node& item : *list) {
            if (!item.is_string()) return other_shape{"an array that holds more than strings"};
            texts.push_back(item.as_string()->get());
        }
        return texts;
    }
    return other_shape{name_of(node.type())};
}

file_entry to_entry(std::string section, std::string key, const toml::key& name, const toml::node& node) {
    return {std::move(section),
            std::move(key),
            to_raw(node),
            name.source().begin.line,
            name.source().begin.column,
            node.source().begin.line,
            node.source().begin.column};
}

// A file without `[section]` lines, a folder or a device is no reason to read for ever: 1 MiB is plenty.
std::optional<std::string> read_text(const std::string& path, std::string& problem) {
    constexpr std::size_t longest = 1 << 20;
    std::ifstream file(path, std::ios::binary);
    std::string text(longest + 1, '\0');
    if (file.is_open()) file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.is_open() || file.bad()) {
        problem = std::string("cannot be read: ") + std::strerror(errno);
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > longest) {
        problem = "is larger than 1 MiB and so no configuration file";
        return std::nullopt;
    }
    return text;
}

std::string_view line_of(std::string_view text, unsigned number) {
    for (unsigned at = 1; at < number && !text.empty(); ++at) {
        text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
    }
    return text.substr(0, text.find('\n'));
}

bool is_toml(const std::string& text) {
    try {
        [[maybe_unused]] const auto parsed = toml::parse(text);
        return true;
    } catch (const toml::parse_error&) {
        return false;
    }
}

// `listen = "127.0.0.1:5173"` for a line that lacks the quotes, "" for any other. TOML's own message is about what the
// value begins like: a time, a number.
std::string in_needed_quotes(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return {};
    const auto name = trimmed(line.substr(0, equals), is_white_space);
    const auto value = trimmed(line.substr(equals + 1, line.find('#', equals) - equals - 1), is_white_space);
    const std::string bare = std::string(name) + " = " + std::string(value);
    const std::string quoted = std::string(name) + " = \"" + std::string(value) + "\"";
    const bool is_nested = value.find_first_of("[]{}") != std::string_view::npos;
    return !value.empty() && !is_nested && !is_toml(bare) && is_toml(quoted) ? quoted : std::string();
}

std::string syntax_problem(const toml::parse_error& error, std::string_view text) {
    const auto meant = in_needed_quotes(line_of(text, error.source().begin.line));
    if (!meant.empty()) return "is not TOML: a text stands in quotes; write " + meant;
    return "is not TOML: " + std::string(error.description());
}

}  // namespace

std::vector<file_entry> read_toml_file(const std::string& path, std::vector<config_fault>& faults) {
    std::string problem;
    const auto text = read_text(path, problem);
    if (!text) {
        faults.push_back({path, 0, 0, {}, problem, {}});
        return {};
    }
    std::vector<file_entry> entries;
    try {
        const toml::table root = toml::parse(*text, path);
        for (const auto& [section, node] : root) {
            const std::string name(section.str());
            if (const toml::table* table = node.as_table()) {
                for (const auto& [key, value] : *table) entries.push_back(to_entry(name, std::string(key), key, value));
                if (table->empty()) entries.push_back(to_entry(name, {}, section, node));
            } else {
                entries.push_back(to_entry(name, {}, section, node));
            }
        }
    } catch (const toml::parse_error& error) {
        const auto& place = error.source().begin;
        faults.push_back({path, place.line, place.column, {}, syntax_problem(error, *text), {}});
    }
    std::stable_sort(entries.begin(), entries.end(), [](const file_entry& a, const file_entry& b) {
        return std::tie(a.line, a.column) < std::tie(b.line, b.column);
    });
    return entries;
}

}  // namespace ferry::app
