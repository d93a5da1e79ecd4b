// What an answer is billed by where that is not its tokens.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "relay/exchange/request.hpp"

namespace ferry::relay {

struct billed_units {
    std::string_view kind;                   // "" where tokens are what is billed
    std::optional<std::int64_t> count;       // absent where the answer does not say
    std::optional<std::int64_t> price_pico;  // of one, on the row that answered; absent: nobody knows
    bool is_request = false;                 // it did what it is billed for, whatever that is counted in
};

// By the operation's unit rule. REQUIRES: the try is over. Of a request that was not answered there are none.
billed_units units_of(const request& x);

}  // namespace ferry::relay
