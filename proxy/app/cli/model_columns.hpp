// What `ferry models add` and `set` may write: a flag, the column it stands for and how its value is checked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "store/model_store.hpp"

namespace ferry::app {

enum class column_kind { text, price, integer, count, span, json };

struct model_flag {
    std::string_view flag;
    std::string_view column;
    column_kind kind;
    bool clearable;  // "" stands for NULL
    std::string_view help;
};

std::span<const model_flag> model_flags();

// How many tokens a price on the command line is for; the columns hold prices per 1,000.
enum class price_unit { per_thousand, per_million };

// Checks what was given for the flag. Throws exit_with{2} after printing what is allowed.
store::column_value column_from(const model_flag& flag, const std::string& given, price_unit unit);

// A price in pico per token as people write it: "0.004", or "4" per million.
std::string price_text(std::int64_t pico_per_token, price_unit unit);

}  // namespace ferry::app
