#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "workload/dice.hpp"

namespace ferry::bench {

// How long texts are to be, in tokens: how an option such as --input-tokens was meant.
//     100                  always so many
//     50..200              any number between, each as likely
//     normal:300,80        mean and standard deviation, never below 1
//     exponential:300      mean, never below 1
//     file:SIZES.txt       one of the whole numbers in this file
class sizes {
public:
    sizes() = default;  // always 0
    explicit sizes(std::uint32_t always) : low_(always), high_(always) {}
    // Throws std::invalid_argument in words if `text` is none of these, or the file cannot be read.
    explicit sizes(std::string_view text);

    std::uint32_t draw(dice& from) const;
    double mean() const;
    std::uint32_t lowest() const;
    std::uint32_t highest() const;  // 100,000,000 where there is no limit

private:
    enum class shape { even, normal, exponential, listed };

    void read(std::string_view file);

    shape shape_ = shape::even;
    std::uint32_t low_ = 0, high_ = 0;
    double mean_ = 0, deviation_ = 0;
    std::vector<std::uint32_t> listed_;
};

}  // namespace ferry::bench
