// CSV as people and programs write it (RFC 4180). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::app {

struct csv_record {
    std::vector<std::string> cells;
    std::size_t line = 1;  // where it begins, counted from 1
};

// Lines that are empty are left out; a byte order mark is, too. What separates is a comma, or a semicolon or tab where
// the first line has that and no comma. Nothing where a quote is not closed.
std::optional<std::vector<csv_record>> parse_csv(std::string_view text);

}  // namespace ferry::app
