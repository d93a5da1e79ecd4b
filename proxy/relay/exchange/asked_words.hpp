// What a request says to its model, as far as tokens are estimated by it.
#pragma once

#include <cstdint>

#include "usage/text_features.hpp"

namespace ferry::relay {

// Kept when the body is released.
struct asked_words {
    usage::text_features features{};
    std::int64_t beside = 0;     // tokens of messages, images, calls of tools and numbers
    bool is_text_alone = true;   // nothing in it is of unknown size
    bool is_background = false;  // the usage is told when the answer is asked for
};

}  // namespace ferry::relay
