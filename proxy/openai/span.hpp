#pragma once

#include <cstddef>

namespace ferry::openai {

// Byte offsets into the body: [begin, end).
struct span {
    std::size_t begin = 0;
    std::size_t end = 0;

    friend bool operator==(const span&, const span&) = default;
};

}  // namespace ferry::openai
