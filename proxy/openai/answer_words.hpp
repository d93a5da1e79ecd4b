// Who takes the words of an answer, or of a request, while they are read.
#pragma once

#include <string_view>

namespace ferry::openai {

// Where in an answer words stand: in the text of a choice, in what it thought before, in a piece of what an event with
// a type brings, or in anything else.
enum class word_place : unsigned char { said, thought, delta, other };

// Texts come decoded, in pieces, in the order in which they stand: how what is read was split changes nothing but the
// pieces. Owned by whoever counts them.
class answer_words {
public:
    virtual void add(std::string_view piece) = 0;
    // What follows stands there. Not told of what is no answer.
    virtual void begin(word_place) {}
    // A tool is called; its name and arguments come as text.
    virtual void note_call() {}
    // What follows was thought, not said.
    virtual void note_thought() {}

protected:
    ~answer_words() = default;
};

}  // namespace ferry::openai
