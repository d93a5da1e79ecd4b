#pragma once

#include "base/ascii.hpp"
#include "openai/plain_run.hpp"

namespace ferry::openai {

// One past the number that begins at `p`; nullptr if none is sure to lie whole in [p, end): then number_grammar tells.
inline const char* whole_number(const char* p, const char* end) {
    if (p != end && *p == '-') ++p;
    const char* const first = p;
    p = digit_run(p, end);
    if (p == first || (*first == '0' && p - first > 1)) return nullptr;
    if (p != end && *p == '.') {
        const char* const fraction = ++p;
        p = digit_run(p, end);
        if (p == fraction) return nullptr;
    }
    if (p != end && (*p == 'e' || *p == 'E')) {
        if (++p != end && (*p == '+' || *p == '-')) ++p;
        const char* const power = p;
        p = digit_run(p, end);
        if (p == power) return nullptr;
    }
    return p == end ? nullptr : p;
}

// A JSON number, one byte at a time (RFC 8259, section 6). Any thread; a value.
class number_grammar {
public:
    // False if no number begins with `c`.
    bool begin(char c) {
        if (c != '-' && !is_digit(c)) return false;
        at_ = c == '-' ? part::minus : c == '0' ? part::zero : part::integer;
        return true;
    }

    // False if `c` cannot stand next: the number ends before it.
    bool next(char c) {
        const bool e = c == 'e' || c == 'E';
        switch (at_) {
            case part::minus:
                return move(is_digit(c), c == '0' ? part::zero : part::integer);
            case part::zero:
                return move(c == '.' || e, e ? part::exponent : part::point);
            case part::integer:
                return is_digit(c) || move(c == '.' || e, e ? part::exponent : part::point);
            case part::point:
                return move(is_digit(c), part::fraction);
            case part::fraction:
                return is_digit(c) || move(e, part::exponent);
            case part::exponent:
                if (c == '+' || c == '-') return move(true, part::sign);
                [[fallthrough]];
            case part::sign:
                return move(is_digit(c), part::power);
            case part::power:
                return is_digit(c);
        }
        return false;
    }

    bool may_end() const {
        return at_ == part::zero || at_ == part::integer || at_ == part::fraction || at_ == part::power;
    }

private:
    enum class part : unsigned char { minus, zero, integer, point, fraction, exponent, sign, power };

    bool move(bool possible, part to) {
        if (possible) at_ = to;
        return possible;
    }

    part at_ = part::minus;
};

}  // namespace ferry::openai
