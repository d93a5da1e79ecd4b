#pragma once

#include <bitset>
#include <cstddef>
#include <string_view>

#include "openai/json_state.hpp"
#include "openai/json_string.hpp"
#include "openai/json_token.hpp"
#include "openai/number_grammar.hpp"
#include "openai/number_list.hpp"
#include "openai/plain_run.hpp"

namespace ferry::openai {

// An incremental JSON reader (RFC 8259) that tells a sink what stands in the objects and arrays it follows and checks
// all the rest in silence: state of fixed size, no recursion, the same calls however the input is split.
// Tokens that lie whole in a piece, nearly all, are taken at once; others byte by byte (json_string, number_grammar).
// check_utf8: refuse bytes that are not UTF-8 inside strings (outside they are refused anyway).
// A sink has, with `depth` = how many objects and arrays are open around the token:
//   static constexpr std::size_t text_max                 how many bytes of a text it takes
//   bool open(json_kind, std::size_t offset, int depth)   an object or array begins; true: follow what is inside
//   json_heed key(const json_token&)                      what it wants of the value of this member
//   bool scalar(const json_token&)                        a string, number or literal; false stops the scan for good
//   bool close(json_kind, std::size_t offset, int depth)  one past the end of what open() told of; false: likewise
//   answer_words* words()                                 who takes the words it asks for; only if it does
// Of an array that it follows it is told all but texts: of {"stop": ["a"]}, that a string of three bytes stands there.
template <class Sink, bool check_utf8>
class json_scanner {
public:
    json_scanner(Sink& sink, int depth_limit)
        : sink_(sink), depth_limit_(depth_limit < json_depth_max ? depth_limit : json_depth_max) {}

    // False once the scan has stopped: where the sink said so, or at error_offset() for want of expected().
    bool feed(std::string_view piece) {
        begin_ = piece.data();
        const char* const end = begin_ + piece.size();
        for (const char* p = begin_; p != end && state_ != state::stopped;) p = step(p, end);
        if (state_ != state::stopped) base_ += piece.size();
        return state_ != state::stopped;
    }

    void skip(std::size_t bytes) { base_ += bytes; }  // before the first piece: left out, but counted by the offsets
    // The input has ended. False if what came is not exactly one JSON value.
    bool finish() {
        if (state_ == state::stopped) return false;
        begin_ = nullptr;
        if (state_ == state::number && number_.may_end()) end_split(begin_);
        if (state_ != state::done && state_ != state::stopped) fail(begin_, wanted());
        return state_ == state::done;
    }

    bool is_done() const { return state_ == state::done; }
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

    // Stays here as long as tokens lie whole in the piece. A member and the comma after it are one turn.
    const char* between(const char* p, const char* end) {
        while (find_token(p, end)) {
            switch (state_) {
                case state::first_key:
                    if (*p == '}') {
                        p = close(p, json_kind::object);
                        break;
                    }
                    [[fallthrough]];
                case state::key:
                    if (*p != '"') return fail(p, wanted());
                    p = open_string<json_kind::key>(p, end);
                    if (state_ != state::colon || !find_token(p, end)) break;
                    [[fallthrough]];
                case state::colon:
                    if (*p != ':') return fail(p, wanted());
                    state_ = state::value;
                    if (!find_token(++p, end)) break;
                    [[fallthrough]];
                case state::first_element:
                case state::value:
                    p = *p == ']' && state_ == state::first_element ? close(p, json_kind::array) : open_value(p, end);
                    if (state_ != state::after_value || !find_token(p, end)) break;
                    [[fallthrough]];
                case state::after_value:
                    p = after_value(p);
                    break;
                case state::done:
                    return fail(p, wanted());
                default:
                    return p;  // inside a token, or stopped
            }
        }
        return p;
    }

    const char* after_value(const char* p) {
        if (*p == ',') {
            state_ = in_object_ ? state::key : state::value;
            return p + 1;
        }
        if (*p == (in_object_ ? '}' : ']')) return close(p, in_object_ ? json_kind::object : json_kind::array);
        return fail(p, wanted());
    }

    [[gnu::always_inline]] const char* open_value(const char* p, const char* end) {
        switch (*p) {
            case '"':
                return open_string<json_kind::string>(p, end);
            case '{':
                return open_container(p, json_kind::object, state::first_key);
            case '[':
                return open_container(p, json_kind::array, state::first_element);
            case 't':
                return open_literal<json_kind::literal_true>(p, end, "true");
            case 'f':
                return open_literal<json_kind::literal_false>(p, end, "false");
            case 'n':
                return open_literal<json_kind::literal_null>(p, end, "null");
            default:
                return open_number(p, end);
        }
    }

    bool is_followed() const { return depth_ == followed_; }
    // Of the value that stands here.
    json_heed heed() const {
        if (!is_followed()) return json_heed::none;
        return in_object_ ? heed_ : json_heed::seen;
    }
    answer_words* words_for(json_kind kind) {
        return kind == json_kind::string && heed() == json_heed::words ? words_of(sink_) : nullptr;
    }

    template <json_kind kind>
    const char* open_string(const char* p, const char* end) {
        const char* const from = p + 1;
        const char* const stop = plain_run<check_utf8>(from, end, begin_);
        const std::string_view text(from, stop);
        if (stop != end && *stop == '"') return end_whole<kind>(p, stop + 1, text);
        open_split(p, kind, state::string);
        string_.begin(wants_text_ ? &capture_ : nullptr);
        if (wants_text_) capture_.append(text);
        return in_string(stop, end);
    }

    const char* open_number(const char* p, const char* end) {
        const bool is_unheeded_list = !in_object_ && end - p >= 64 && heed() == json_heed::none;
        const char* after = is_unheeded_list ? number_list(p, end) : p;
        if (after != p) {
            state_ = state::value;
            return after;
        }
        after = whole_number(p, end);
        if (after) return end_whole<json_kind::number>(p, after, {p, after});
        if (!number_.begin(*p)) return fail(p, wanted());
        open_split(p, json_kind::number, state::number);
        if (wants_text_) capture_.append({p, 1});
        return in_number(p + 1, end);
    }

    template <json_kind kind>
    const char* open_literal(const char* p, const char* end, std::string_view spelling) {
        if (std::string_view(p, end).starts_with(spelling)) return end_whole<kind>(p, p + spelling.size(), {});
        literal_ = spelling.data();
        literal_at_ = 1;
        open_split(p, kind, state::literal);
        return in_literal(p + 1, end);
    }

    // A token that may go on in the next piece, or whose text is not what stands there.
    void open_split(const char* p, json_kind kind, state inside) {
        kind_ = kind;
        state_ = inside;
        token_at_ = offset(p);
        capture_.clear(words_for(kind));
        wants_text_ = kind == json_kind::key ? is_followed() : heed() == json_heed::text || capture_.is_lent();
    }

    const char* open_container(const char* p, json_kind kind, state inside) {
        if (depth_ >= depth_limit_) return fail(p, "a body nested less deeply");
        if (heed() != json_heed::none && sink_.open(kind, offset(p), depth_)) followed_ = depth_ + 1;
        in_object_ = kind == json_kind::object;
        is_object_[static_cast<std::size_t>(depth_++)] = in_object_;
        state_ = inside;
        return p + 1;
    }

    const char* close(const char* p, json_kind kind) {
        --depth_;
        state_ = depth_ == 0 ? state::done : state::after_value;
        in_object_ = depth_ > 0 && is_object_[static_cast<std::size_t>(depth_ - 1)];
        const bool was_followed = followed_ > depth_;
        if (was_followed) followed_ = depth_;
        if ((was_followed || heed() != json_heed::none) && !sink_.close(kind, offset(p + 1), depth_))
            state_ = state::stopped;
        return p + 1;
    }

    // A token that began at `from` and ends before `p`, all in this piece.
    template <json_kind kind>
    const char* end_whole(const char* from, const char* p, std::string_view text) {
        set_ended(kind);
        if (!is_heeded(kind)) return p;
        if (auto* words = words_for(kind); words != nullptr && !text.empty()) words->add(text);
        const bool is_clipped = text.size() > Sink::text_max;
        if (kind != json_kind::key && heed() != json_heed::text) text = {};
        tell({kind, depth_, offset(from), offset(p), text, is_clipped});
        return p;
    }

    // The token that began at token_at_.
    const char* end_split(const char* p) {
        set_ended(kind_);
        if (!is_heeded(kind_)) return p;
        tell({kind_, depth_, token_at_, offset(p), capture_.text(), capture_.is_clipped(),
              capture_.has_lone_surrogate()});
        return p;
    }

    bool is_heeded(json_kind kind) const { return kind == json_kind::key ? is_followed() : heed() != json_heed::none; }
    void set_ended(json_kind kind) {
        state_ = kind == json_kind::key ? state::colon : depth_ == 0 ? state::done : state::after_value;
    }

    [[gnu::always_inline]] void tell(const json_token& token) {
        if (token.kind == json_kind::key) heed_ = sink_.key(token);
        if (token.kind != json_kind::key && !sink_.scalar(token)) heed_ = json_heed::stop;
        if (heed_ == json_heed::stop) state_ = state::stopped;
    }

    const char* in_string(const char* p, const char* end) {
        using status = typename json_string<check_utf8>::status;
        p = string_.read(p, end);
        if (string_.state() == status::bad) return fail(p, string_.expected());
        return string_.state() == status::closed ? end_split(p) : p;
    }

    const char* in_number(const char* p, const char* end) {
        const char* from = p;
        while (p != end && number_.next(*p)) ++p;
        if (wants_text_) capture_.append({from, p});
        if (p == end) return p;
        if (!number_.may_end()) return fail(p, wanted());
        return end_split(p);
    }

    const char* in_literal(const char* p, const char* end) {
        for (; p != end; ++p) {
            if (*p != literal_[literal_at_]) return fail(p, wanted());
            if (literal_[++literal_at_] == '\0') return end_split(p + 1);
        }
        return p;
    }

    const char* wanted() const { return state_ == state::literal ? literal_ : expected_in(state_, in_object_); }
    std::size_t offset(const char* p) const { return base_ + static_cast<std::size_t>(p - begin_); }

    const char* fail(const char* p, const char* expected) {
        state_ = state::stopped;
        error_offset_ = offset(p);
        expected_ = expected;
        return p;
    }

    Sink& sink_;
    const char* begin_ = nullptr;  // of the piece being read
    std::size_t base_ = 0;         // bytes of all pieces before it
    std::bitset<json_depth_max> is_object_;
    int depth_limit_, depth_ = 0;  // open objects and arrays
    int followed_ = 0;  // how many of them, from the outermost on, the sink follows; others inside are only checked
    bool in_object_ = false;
    state state_ = state::value;
    json_heed heed_ = json_heed::none;  // of the member whose value is read, in an object that is followed
    // The token that is not whole in one piece:
    json_kind kind_ = json_kind::object;
    bool wants_text_ = false;
    std::size_t token_at_ = 0;
    json_capture capture_{Sink::text_max};
    json_string<check_utf8> string_;
    number_grammar number_;
    const char *literal_ = "", *expected_ = nullptr;
    int literal_at_ = 0;
    std::size_t error_offset_ = 0;
};

}  // namespace ferry::openai
