#pragma once

namespace ferry::openai {

inline bool is_hex(char c) {
    const char lower = static_cast<char>(c | 0x20);
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'f');
}

// The four hexadecimal digits of a \u escape, one at a time: one UTF-16 code unit. Any thread; a value.
class hex_unit {
public:
    void begin() {
        left_ = 4;
        value_ = 0;
    }

    // False if `c` is no hexadecimal digit. REQUIRES: !is_whole().
    bool add(char c) {
        const char lower = static_cast<char>(c | 0x20);
        unsigned digit = 0;
        if (c >= '0' && c <= '9')
            digit = static_cast<unsigned>(c - '0');
        else if (lower >= 'a' && lower <= 'f')
            digit = static_cast<unsigned>(lower - 'a') + 10;
        else
            return false;
        value_ = value_ * 16 + digit;
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
