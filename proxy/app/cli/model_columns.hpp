// What `ferry models add` and `set` may write: a flag, the column it stands for and how its value is checked.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/model_store.hpp"

namespace ferry::app {

enum class column_kind { text, price, integer, count, json };

struct model_flag {
    std::string_view flag;
    std::string_view column;
    column_kind kind;
    bool clearable;  // "" stands for NULL
    std::string_view help;
};

std::span<const model_flag> model_flags();

// Checks what was given for the flag. Throws exit_with{2} after printing what is allowed.
store::column_value column_from(const model_flag& flag, const std::string& given);

}  // namespace ferry::app
