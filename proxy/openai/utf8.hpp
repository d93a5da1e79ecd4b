// UTF-8, one byte at a time.
#pragma once

#include <cstddef>

namespace ferry::openai {

// Which bytes may follow (The Unicode Standard, table 3-7). Any thread; a value.
class utf8_grammar {
public:
    // `c` >= 0x80 begins a sequence; false if no sequence begins so.
    bool begin(unsigned char c) {
        low_ = 0x80;
        high_ = 0xbf;
        if (c >= 0xc2 && c <= 0xdf) {
            more_ = 1;
        } else if (c >= 0xe0 && c <= 0xef) {
            more_ = 2;
            if (c == 0xe0) low_ = 0xa0;
            if (c == 0xed) high_ = 0x9f;
        } else if (c >= 0xf0 && c <= 0xf4) {
            more_ = 3;
            if (c == 0xf0) low_ = 0x90;
            if (c == 0xf4) high_ = 0x8f;
        } else {
            return false;
        }
        return true;
    }

    // The next byte of the sequence; false if it cannot be that. REQUIRES: is_inside().
    bool next(unsigned char c) {
        if (c < low_ || c > high_) return false;
        low_ = 0x80;
        high_ = 0xbf;
        --more_;
        return true;
    }

    bool is_inside() const { return more_ != 0; }

private:
    int more_ = 0;
    unsigned char low_ = 0, high_ = 0;
};

// Writes a code point (at most U+10FFFF) to `out`, which has room for 4; how many bytes it took.
inline std::size_t encode_utf8(unsigned code, char* out) {
    const auto put = [](unsigned bits) { return static_cast<char>(bits); };
    const auto tail = [&](unsigned shift) { return put(0x80 | (code >> shift & 0x3f)); };
    if (code < 0x80) {
        out[0] = put(code);
        return 1;
    }
    if (code < 0x800) {
        out[0] = put(0xc0 | code >> 6);
        out[1] = tail(0);
        return 2;
    }
    if (code < 0x10000) {
        out[0] = put(0xe0 | code >> 12);
        out[1] = tail(6);
        out[2] = tail(0);
        return 3;
    }
    out[0] = put(0xf0 | code >> 18);
    out[1] = tail(12);
    out[2] = tail(6);
    out[3] = tail(0);
    return 4;
}

}  // namespace ferry::openai
