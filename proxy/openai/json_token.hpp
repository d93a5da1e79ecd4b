// What json_scanner tells its sink.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "openai/answer_words.hpp"

namespace ferry::openai {

enum class json_kind : unsigned char { key, string, number, literal_true, literal_false, literal_null, object, array };

// How much of a member's value a sink wants.
enum class json_heed : unsigned char {
    none,   // nothing, nor what is inside of it
    seen,   // that it is there
    text,   // ... and its text
    words,  // ... and all of its text, piece by piece, for the sink's answer_words
    stop,   // no more of anything: the scan stops for good
};

// A key, string, number or literal.
struct json_token {
    json_kind kind;
    int depth;                // how many objects and arrays are open around it
    std::size_t begin, end;   // offsets of its first byte and of one past its last
    std::string_view text;    // decoded; of a number as it stands; empty if not asked for. Only good during the call
    bool is_clipped = false;  // the text has more than Sink::text_max bytes: only those may be here
    bool has_lone_surrogate = false;  // ... holds half a surrogate pair; the text has U+FFFD instead

    // A string, known without its text.
    bool is_empty_string() const { return kind == json_kind::string && end - begin == 2; }
};

// Who takes the words that a sink asks for; most ask for none.
template <class Sink>
answer_words* words_of(Sink& sink) {
    if constexpr (requires { sink.words(); }) return sink.words();
    return nullptr;
}

// The text of a token that does not stand in one piece as it is. At most `most` bytes, so memory does not grow.
class json_capture {
public:
    explicit json_capture(std::size_t most) : most_(most) {}

    // `words`: who takes the next text in place of this, if anybody.
    void clear(answer_words* words = nullptr) {
        words_ = words;
        text_.clear();
        is_clipped_ = has_lone_surrogate_ = false;
    }
    void append(std::string_view piece) {
        if (words_ != nullptr) return words_->add(piece);
        const auto room = most_ - text_.size();
        is_clipped_ = is_clipped_ || piece.size() > room;
        text_.append(piece.substr(0, room));
    }
    void lone_surrogate() { has_lone_surrogate_ = true; }

    std::string_view text() const { return text_; }
    bool is_lent() const { return words_ != nullptr; }
    bool is_clipped() const { return is_clipped_; }
    bool has_lone_surrogate() const { return has_lone_surrogate_; }

private:
    std::size_t most_;
    answer_words* words_ = nullptr;
    std::string text_;
    bool is_clipped_ = false, has_lone_surrogate_ = false;
};

}  // namespace ferry::openai
