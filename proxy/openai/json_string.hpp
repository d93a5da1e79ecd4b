#pragma once

#include <cstddef>
#include <string_view>

#include "base/utf8.hpp"
#include "openai/hex_unit.hpp"
#include "openai/json_token.hpp"
#include "openai/plain_run.hpp"

namespace ferry::openai {

// The inside of one JSON string at a time, incrementally, for json_scanner: validates and, where asked, decodes it.
template <bool check_utf8>
class json_string {
public:
    enum class status : unsigned char { open, closed, bad };

    // After the opening quote. `out`: where the text goes, or nullptr.
    void begin(json_capture* out) {
        out_ = out;
        status_ = status::open;
        part_ = part::plain;
    }

    // Goes on to one past the closing quote, to the byte that cannot stand there, or to `end`.
    const char* read(const char* p, const char* end) {
        while (p != end && status_ == status::open) {
            if (part_ == part::plain)
                p = in_plain(p, end);
            else if (part_ == part::escape)
                p = in_escape(p);
            else if (part_ == part::hex)
                p = in_hex(p);
            else
                p = in_utf8(p, end);
        }
        return p;
    }

    status state() const { return status_; }
    const char* expected() const { return expected_; }  // where state() is bad

private:
    enum class part : unsigned char { plain, escape, hex, utf8 };

    const char* in_plain(const char* p, const char* end) {
        const char* from = p;
        for (;;) {
            p = plain_run<check_utf8>(p, end, from);
            if (p == end) break;
            const auto c = static_cast<unsigned char>(*p);
            if (c == '"') {
                emit(from, p);
                end_surrogate();
                status_ = status::closed;
                return p + 1;
            }
            if (c == '\\') {
                if (const char* after = out_ ? p : skip_escape(p, end); after != p) {
                    from = p = after;
                    continue;
                }
                part_ = part::escape;
                emit(from, p);
                return p + 1;
            }
            if (c < 0x20) return fail(p, "no control character inside a string (escape it)");
            if (const char* after = cjk_run(p, end); after != p) {
                p = after;
                continue;
            }
            if (!utf8_.begin(c)) return fail(p, "UTF-8");
            part_ = part::utf8;
            ++p;
            break;
        }
        emit(from, p);
        return p;
    }

    // Where nobody wants the text: past an escape that is good and whole in the piece, else `p`.
    static const char* skip_escape(const char* p, const char* end) {
        if (end - p < 6) return p;
        if (p[1] != 'u') return is_escape_name(p[1]) ? p + 2 : p;
        return is_hex_digit(p[2]) && is_hex_digit(p[3]) && is_hex_digit(p[4]) && is_hex_digit(p[5]) ? p + 6 : p;
    }

    static bool is_escape_name(char c) {
        return c == 'n' || c == '"' || c == '\\' || c == 't' || c == 'r' || c == '/' || c == 'b' || c == 'f';
    }

    const char* in_utf8(const char* p, const char* end) {
        const char* from = p;
        for (; utf8_.is_inside() && p != end; ++p) {
            if (!utf8_.next(static_cast<unsigned char>(*p))) return fail(p, "UTF-8");
        }
        if (!utf8_.is_inside()) part_ = part::plain;
        emit(from, p);
        return p;
    }

    const char* in_escape(const char* p) {
        if (*p == 'u') {
            part_ = part::hex;
            unit_.begin();
            return p + 1;
        }
        static constexpr std::string_view names = "\"\\/bfnrt", bytes = "\"\\/\b\f\n\r\t";
        const auto at = names.find(*p);
        if (at == std::string_view::npos) return fail(p, "an escape JSON knows");
        part_ = part::plain;
        emit(bytes.data() + at, bytes.data() + at + 1);
        return p + 1;
    }

    const char* in_hex(const char* p) {
        if (!unit_.add(*p)) return fail(p, "four hexadecimal digits");
        if (unit_.is_whole()) {
            part_ = part::plain;
            end_unit();
        }
        return p + 1;
    }

    // Two escapes may make one character; half a pair alone is no character at all.
    void end_unit() {
        unsigned code = unit_.value();
        if (surrogate_ != 0 && unit_.is_low_surrogate()) {
            code = 0x10000 + ((surrogate_ - 0xd800) << 10) + (code - 0xdc00);
            surrogate_ = 0;
        }
        end_surrogate();
        if (code >= 0xd800 && code < 0xe000) {
            surrogate_ = code;
            if (unit_.is_low_surrogate()) end_surrogate();
            return;
        }
        char bytes[4];
        emit(bytes, bytes + encode_utf8(code, bytes));
    }

    void end_surrogate() {
        if (surrogate_ == 0) return;
        surrogate_ = 0;
        if (!out_) return;
        out_->lone_surrogate();
        out_->append(replacement_character);
    }

    void emit(const char* from, const char* to) {
        if (from == to) return;
        end_surrogate();
        if (out_) out_->append({from, static_cast<std::size_t>(to - from)});
    }

    const char* fail(const char* p, const char* expected) {
        status_ = status::bad;
        expected_ = expected;
        return p;
    }

    json_capture* out_ = nullptr;
    status status_ = status::open;
    part part_ = part::plain;
    utf8_grammar utf8_;
    hex_unit unit_;
    unsigned surrogate_ = 0;  // a high surrogate waiting for its low one
    const char* expected_ = nullptr;
};

}  // namespace ferry::openai
