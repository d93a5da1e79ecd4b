#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

#include "openai/json_state.hpp"
#include "openai/json_string.hpp"
#include "openai/number_grammar.hpp"

namespace ferry::openai {

inline constexpr int json_depth_max = 1024;

// An incremental JSON reader (RFC 8259) that tells a sink where things begin and end and keeps no bytes: state of fixed
// size, no recursion, any split of the input gives the same calls but for how the text of a string is cut.
// check_utf8: refuse bytes that are not UTF-8 inside strings (outside they are refused anyway).
// A sink has, with `depth` = how many objects and arrays are open around the token:
//   bool begin(json_kind, std::size_t offset, int depth)  at the first byte; true asks for text()
//   void text(std::string_view)                           decoded bytes of a key or string, raw bytes of a number
//   void lone_surrogate()                                 the string has half a surrogate pair; its text is U+FFFD
//   bool end(json_kind, std::size_t offset, int depth)    one past the last byte; false stops the scan for good
template <class Sink, bool check_utf8>
class json_scanner {
public:
    json_scanner(Sink& sink, int depth_limit)
        : sink_(sink), depth_limit_(depth_limit < json_depth_max ? depth_limit : json_depth_max) {}

    // False once the scan has stopped: where the sink said so, or at error_offset() for want of expected().
    bool feed(std::string_view piece) {
        begin_ = piece.data();
        const char* const end = begin_ + piece.size();
        for (const char* p = begin_; p != end && !stopped_;) p = step(p, end);
        if (!stopped_) base_ += piece.size();
        return !stopped_;
    }

    // The input has ended. False if what came is not exactly one JSON value.
    bool finish() {
        if (stopped_) return false;
        begin_ = nullptr;
        if (state_ == state::number && number_.may_end()) end_scalar(begin_);
        if (!stopped_ && state_ != state::done) fail(begin_, wanted());
        return !stopped_;
    }

    bool is_done() const { return !stopped_ && state_ == state::done; }
    std::size_t size() const { return base_; }
    std::size_t error_offset() const { return error_offset_; }
    const char* expected() const { return expected_; }  // nullptr if the sink stopped the scan

private:
    using state = json_state;

    const char* step(const char* p, const char* end) {
        switch (state_) {
            case state::string:
                return in_string(p, end);
            case state::number:
                return in_number(p, end);
            case state::literal:
                return in_literal(p, end);
            default:
                return between(p, end);
        }
    }

    // Stays here as long as tokens of one byte follow each other.
    const char* between(const char* p, const char* end) {
        while (p != end && !stopped_ && state_ <= state::done) {
            if (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t')
                ++p;
            else
                p = token(p);
        }
        return p;
    }

    const char* token(const char* p) {
        const char c = *p;
        switch (state_) {
            case state::colon:
                if (c != ':') return fail(p, wanted());
                state_ = state::value;
                return p + 1;
            case state::after_value:
                return after_value(p);
            case state::value:
                return open_value(p);
            case state::first_element:
                return c == ']' ? close(p, json_kind::array) : open_value(p);
            case state::first_key:
                if (c == '}') return close(p, json_kind::object);
                [[fallthrough]];
            case state::key:
                if (c != '"') return fail(p, wanted());
                return open(p, json_kind::key, state::string);
            default:
                return fail(p, wanted());
        }
    }

    const char* after_value(const char* p) {
        const bool in_object = is_object_[depth_ - 1];
        if (*p == ',') {
            state_ = in_object ? state::key : state::value;
            return p + 1;
        }
        if (*p == (in_object ? '}' : ']')) return close(p, in_object ? json_kind::object : json_kind::array);
        return fail(p, wanted());
    }

    const char* open_value(const char* p) {
        switch (*p) {
            case '"':
                return open(p, json_kind::string, state::string);
            case '{':
                return open_container(p, json_kind::object, state::first_key);
            case '[':
                return open_container(p, json_kind::array, state::first_element);
            case 't':
                return open_literal(p, json_kind::literal_true, "true");
            case 'f':
                return open_literal(p, json_kind::literal_false, "false");
            case 'n':
                return open_literal(p, json_kind::literal_null, "null");
            default:
                break;
        }
        if (!number_.begin(*p)) return fail(p, wanted());
        const char* after = open(p, json_kind::number, state::number);
        if (capture_) sink_.text({p, 1});
        return after;
    }

    const char* open(const char* p, json_kind kind, state inside) {
        kind_ = kind;
        state_ = inside;
        capture_ = sink_.begin(kind, offset(p), depth_);
        string_.begin(capture_ ? &sink_ : nullptr);
        return p + 1;
    }

    const char* open_literal(const char* p, json_kind kind, const char* spelling) {
        literal_ = spelling;
        literal_at_ = 1;
        return open(p, kind, state::literal);
    }

    const char* open_container(const char* p, json_kind kind, state inside) {
        if (depth_ >= depth_limit_) return fail(p, "a body nested less deeply");
        sink_.begin(kind, offset(p), depth_);
        is_object_[depth_++] = kind == json_kind::object;
        state_ = inside;
        return p + 1;
    }

    const char* close(const char* p, json_kind kind) {
        --depth_;
        state_ = depth_ == 0 ? state::done : state::after_value;
        if (!sink_.end(kind, offset(p + 1), depth_)) stopped_ = true;
        return p + 1;
    }

    // `p` is one past the last byte of a key, string, number or literal.
    const char* end_scalar(const char* p) {
        state_ = kind_ == json_kind::key ? state::colon : depth_ == 0 ? state::done : state::after_value;
        if (!sink_.end(kind_, offset(p), depth_)) stopped_ = true;
        return p;
    }

    const char* in_string(const char* p, const char* end) {
        using status = typename json_string<Sink, check_utf8>::status;
        p = string_.read(p, end);
        if (string_.state() == status::bad) return fail(p, string_.expected());
        return string_.state() == status::closed ? end_scalar(p) : p;
    }

    const char* in_number(const char* p, const char* end) {
        const char* from = p;
        if (number_.is_integer()) {
            while (p != end && *p >= '0' && *p <= '9') ++p;
        }
        while (p != end && number_.next(*p)) ++p;
        if (capture_ && from != p) sink_.text({from, static_cast<std::size_t>(p - from)});
        if (p == end) return p;
        if (!number_.may_end()) return fail(p, wanted());
        return end_scalar(p);
    }

    const char* in_literal(const char* p, const char* end) {
        for (; p != end; ++p) {
            if (*p != literal_[literal_at_]) return fail(p, wanted());
            if (literal_[++literal_at_] == '\0') return end_scalar(p + 1);
        }
        return p;
    }

    const char* wanted() const {
        if (state_ == state::literal) return literal_;
        return expected_in(state_, depth_ > 0 && is_object_[depth_ - 1]);
    }

    std::size_t offset(const char* p) const { return base_ + static_cast<std::size_t>(p - begin_); }

    const char* fail(const char* p, const char* expected) {
        stopped_ = true;
        error_offset_ = offset(p);
        expected_ = expected;
        return p;
    }

    Sink& sink_;
    const char* begin_ = nullptr;  // of the piece being read
    std::size_t base_ = 0;         // bytes of all pieces before it
    std::bitset<json_depth_max> is_object_;
    int depth_limit_;
    int depth_ = 0;
    state state_ = state::value;
    number_grammar number_;
    json_string<Sink, check_utf8> string_;
    json_kind kind_ = json_kind::object;
    bool capture_ = false;
    bool stopped_ = false;
    const char* literal_ = "";
    int literal_at_ = 0;
    std::size_t error_offset_ = 0;
    const char* expected_ = nullptr;
};

}  // namespace ferry::openai
