#include "openai/json_text.hpp"

#include "openai/plain_run.hpp"
#include "openai/utf8.hpp"

namespace ferry::openai {
namespace {

void append_escape(std::string& out, unsigned char c) {
    static constexpr std::string_view bytes = "\"\\\n\r\t\b\f", names = "\"\\nrtbf", digits = "0123456789abcdef";
    out += '\\';
    if (const auto at = bytes.find(static_cast<char>(c)); at != std::string_view::npos) {
        out += names[at];
        return;
    }
    out.append("u00").append(1, digits[c >> 4]).append(1, digits[c & 15]);
}

// How many bytes at the front of `text` are one whole UTF-8 sequence; 0 if they are none.
std::size_t sequence_length(std::string_view text) {
    utf8_grammar grammar;
    if (!grammar.begin(static_cast<unsigned char>(text[0]))) return 0;
    std::size_t length = 1;
    for (; grammar.is_inside(); ++length) {
        if (length == text.size() || !grammar.next(static_cast<unsigned char>(text[length]))) return 0;
    }
    return length;
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
        const auto length = sequence_length({p, static_cast<std::size_t>(end - p)});
        if (length == 0)
            out += "\xef\xbf\xbd";
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

std::string_view clip_utf8(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0) == 0x80) --bytes;
    return text.substr(0, bytes);
}

}  // namespace ferry::openai
