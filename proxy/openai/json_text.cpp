#include "openai/json_text.hpp"

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "openai/plain_run.hpp"

namespace ferry::openai {
namespace {

void append_escape(std::string& out, unsigned char c) {
    static constexpr std::string_view bytes = "\"\\\n\r\t\b\f", names = "\"\\nrtbf";
    out += '\\';
    if (const auto at = bytes.find(static_cast<char>(c)); at != std::string_view::npos) {
        out += names[at];
        return;
    }
    out += "u00";
    append_hex(out, c);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    const char* p = text.data();
    const char* const end = p + text.size();
    while (p != end) {
        const char* const stop = plain_run<true>(p, end, text.data());
        out.append(p, stop);
        p = stop;
        if (p == end) break;
        const auto c = static_cast<unsigned char>(*p);
        if (c < 0x80) {
            append_escape(out, c);
            ++p;
            continue;
        }
        const auto length = character_length({p, static_cast<std::size_t>(end - p)});
        if (length == 0)
            out += replacement_character;
        else
            out.append(p, length);
        p += length == 0 ? 1 : length;
    }
    out += '"';
}

std::string quote_json(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    append_json_string(out, text);
    return out;
}

}  // namespace ferry::openai
