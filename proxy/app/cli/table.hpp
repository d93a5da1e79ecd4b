// What commands print: tables for people, JSON and CSV for programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"

namespace ferry::app {

enum class align { left, right };

struct table_column {
    std::string title;
    align side = align::left;
};

// Columns as wide as their widest cell, two blanks between them. Control characters in cells are escaped, so nothing
// in the store can steer a terminal; East Asian characters count as two columns. Every row has as many cells as there
// are columns.
std::string aligned_table(const std::vector<table_column>& columns, const std::vector<std::vector<std::string>>& rows);

// One line of CSV (RFC 4180), ending in a line feed.
std::string csv_line(const std::vector<std::string>& cells);

std::string json_string(std::string_view text);  // with quotes
// ["a","b"].
std::string json_texts(const std::vector<std::string>& texts);

// A JSON object on one line. Owned by: the block that prints it.
class json_object {
public:
    json_object& text(std::string_view name, std::string_view value);
    json_object& number(std::string_view name, int128 value);
    json_object& number_or_null(std::string_view name, std::optional<std::int64_t> value) {
        return value ? number(name, *value) : raw(name, "null");
    }
    json_object& text_or_null(std::string_view name, const std::optional<std::string>& value) {
        return value ? text(name, *value) : raw(name, "null");
    }
    json_object& flag(std::string_view name, bool value);
    json_object& raw(std::string_view name, std::string_view json);  // `json` is a JSON value already, such as null
    json_object& members(std::string_view several);                  // "name":value with commas, at least one
    std::string take() { return body_ + "}"; }

private:
    std::string body_ = "{";
};

// "[\n  a,\n  b\n]" and a line feed; "[]" for none.
std::string json_array(const std::vector<std::string>& values);

}  // namespace ferry::app
