#include "upstream/request_facts.hpp"

#include <charconv>
#include <cstring>

#include "http/json_members.hpp"
#include "upstream/form.hpp"

namespace ferry::bench {
namespace {

bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::int64_t whole_number(std::string_view raw, std::int64_t otherwise) {
    std::int64_t value = otherwise;
    const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == raw.data() + raw.size() ? value : otherwise;
}

}  // namespace

// memmem is vectorised; the last of several occurrences counts, for a history repeats the earlier ones.
std::string_view last_nonce(std::string_view body) {
    constexpr std::string_view word = "nonce:";
    std::string_view found;
    while (const void* hit = memmem(body.data(), body.size(), word.data(), word.size())) {
        body.remove_prefix(static_cast<const char*>(hit) - body.data() + word.size());
        std::size_t n = 0;
        while (n < body.size() && is_name_char(body[n])) ++n;
        if (n > 0) found = body.substr(0, n);
    }
    return found;
}

request_facts::request_facts(std::string_view text) : body(text), nonce(last_nonce(text)) {
    has_marker = memmem(body.data(), body.size(), "[[mock", 6) != nullptr;
    for (json_members m(body); m.next();) {
        if (m.name() == "model") {
            model = inside_quotes(m.value());
        } else if (m.name() == "stream") {
            is_stream = m.value() == "true";
        } else if (m.name() == "n") {
            n = whole_number(m.value(), 1);
        } else if (m.name() == "max_tokens" || m.name() == "max_completion_tokens") {
            max_tokens = whole_number(m.value(), -1);
        } else if (m.name() == "stream_options") {
            for (json_members o(m.value()); o.next();) {
                if (o.name() == "include_usage") include_usage = o.value() == "true";
            }
        }
    }
    n = n < 1 ? 1 : n > 128 ? 128 : n;
}

request_facts::request_facts(const form& parts)
    : body(parts.text()), model(parts.model()), nonce(last_nonce(body)) {
    has_marker = body.find("[[mock") != std::string_view::npos;
    const auto* stream = parts.find("stream");
    is_stream = stream && stream->content == "true";
    if (const auto* count = parts.find("n")) n = whole_number(count->content, 1);
    n = n < 1 ? 1 : n > 128 ? 128 : n;
}

}  // namespace ferry::bench
