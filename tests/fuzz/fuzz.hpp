// What the fuzz targets share.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace ferry::fuzz {

inline void require(bool holds) {
    if (!holds) std::abort();
}

// Sizes of pieces that look random and depend on the input alone, so that a crash can be repeated.
class dice {
public:
    explicit dice(std::string_view input) {
        for (const char c : input) roll(static_cast<unsigned char>(c));
    }
    std::size_t from_1_to(std::size_t most) {
        roll(0x9d);
        return 1 + static_cast<std::size_t>(state_ >> 33) % most;
    }

private:
    void roll(std::uint64_t with) { state_ = (state_ ^ with) * 6364136223846793005u + 1442695040888963407u; }
    std::uint64_t state_ = 88172645463325252u;
};

}  // namespace ferry::fuzz
