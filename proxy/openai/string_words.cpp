#include "openai/string_words.hpp"

#include "openai/json_string.hpp"

namespace ferry::openai {

void give_words(std::string_view quoted, answer_words& to) {
    if (quoted.size() < 2 || quoted.front() != '"') return;
    json_capture capture(0);
    capture.clear(&to);
    json_string<false> inside;
    inside.begin(&capture);
    inside.read(quoted.data() + 1, quoted.data() + quoted.size());
}

}  // namespace ferry::openai
