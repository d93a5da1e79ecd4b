#pragma once

#include <optional>
#include <string>

namespace ferry::store {

// A column by its name and its new value as text (prices as decimals per 1,000 tokens, times as time_text() writes
// them); nullopt is NULL. Only the columns named are written, so two people changing one row do not undo each other.
struct column_value {
    std::string column;
    std::optional<std::string> value;
};

}  // namespace ferry::store
