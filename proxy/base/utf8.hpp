// UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <string_view>

namespace ferry {

// What stands for bytes that are none: U+FFFD.
inline constexpr std::string_view replacement_character = "\xef\xbf\xbd";

// Which byte may follow which, one at a time (The Unicode Standard, table 3-7). Any thread; a value.
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

// Whether `c` is not the first byte of its character.
constexpr bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// How many bytes the character at the front of `text` has; 0 if none stands there. REQUIRES: not empty.
std::size_t character_length(std::string_view text);

// The code point of a whole character, such as the first character_length() bytes of a text.
char32_t code_point(std::string_view character);

bool is_utf8(std::string_view text);

// The longest beginning of `text` of at most `bytes` bytes that does not end within a character.
std::string_view clip_utf8(std::string_view text, std::size_t bytes);

}  // namespace ferry
