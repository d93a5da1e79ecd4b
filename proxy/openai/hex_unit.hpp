#pragma once

#include "base/ascii.hpp"

namespace ferry::openai {

// The four hexadecimal digits of a \u escape, one at a time: one UTF-16 code unit. Any thread; a value.
class hex_unit {
public:
    void begin() {
        left_ = 4;
        value_ = 0;
    }

    // False if `c` is no hexadecimal digit. REQUIRES: !is_whole().
    bool add(char c) {
        const int digit = hex_value(c);
        if (digit < 0) return false;
        value_ = value_ * 16 + static_cast<unsigned>(digit);
        --left_;
        return true;
    }

    bool is_whole() const { return left_ == 0; }
    unsigned value() const { return value_; }
    bool is_low_surrogate() const { return value_ >= 0xdc00 && value_ < 0xe000; }

private:
    int left_ = 0;
    unsigned value_ = 0;
};

}  // namespace ferry::openai
