#pragma once

namespace ferry::openai {

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

    // Only digits have come so far, and more may: they need no next().
    bool is_integer() const { return at_ == part::integer; }

private:
    enum class part : unsigned char { minus, zero, integer, point, fraction, exponent, sign, power };

    static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    bool move(bool possible, part to) {
        if (possible) at_ = to;
        return possible;
    }

    part at_ = part::minus;
};

}  // namespace ferry::openai
