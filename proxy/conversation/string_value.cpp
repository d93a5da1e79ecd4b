#include "conversation/string_value.hpp"

#include "openai/json_string.hpp"

namespace ferry::conversation {

bool append_decoded(std::string& out, std::string_view spelled, std::size_t most) {
    if (spelled.size() < 2 || spelled.front() != '"') return false;
    openai::json_capture text(most);
    openai::json_string<true> reader;
    reader.begin(&text);
    const char* const end = spelled.data() + spelled.size();
    reader.read(spelled.data() + 1, end);
    out += text.text();
    return reader.state() == openai::json_string<true>::status::closed;
}

std::string decoded(std::string_view spelled) {
    std::string text;
    append_decoded(text, spelled);
    return text;
}

std::string_view decoded_name(std::string_view key, std::string& buffer) {
    if (key.find('\\') == std::string_view::npos) return key;
    buffer.clear();
    append_decoded(buffer, std::string("\"").append(key).append("\""));
    return buffer;
}

}  // namespace ferry::conversation
