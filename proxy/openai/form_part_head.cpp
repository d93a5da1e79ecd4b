#include "openai/form_part_head.hpp"

#include <algorithm>
#include <utility>

#include "base/ascii.hpp"
#include "base/number_text.hpp"
#include "base/utf8.hpp"
#include "net/token.hpp"
#include "openai/form_fault.hpp"
#include "openai/form_file_name.hpp"
#include "openai/form_names.hpp"
#include "openai/mime_parameters.hpp"

namespace ferry::openai {
namespace {

constexpr std::string_view two_file_names = "a part has two file names";

// Not what some readers decode and others do not: RFC 7578 (section 5.1.1) asks for plain ASCII. A quote within a name
// has a backslash before it.
bool is_plain(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\' && c != '%'; });
}

// Browsers write a quote within a file name as %22 and leave backslashes alone, others write \" and \\. Whoever takes
// a backslash for itself ends the name at the quote behind it, and would find another parameter behind a semicolon.
bool hides_parameter(std::string_view quoted) {
    const auto quote = quoted.find("\\\"");
    return quote != std::string_view::npos && quoted.find(';', quote) != std::string_view::npos;
}

// charset'language'text of RFC 8187 section 3.2.1.
bool is_extended_value(const mime_parameter& parameter) {
    return !parameter.is_quoted && std::count(parameter.value.begin(), parameter.value.end(), '\'') == 2;
}

}  // namespace

std::optional<fault> form_head_reader::line(std::string_view text, std::size_t at) {
    if (is_blank(text.front())) return bad_form(at, "a header line of a part is folded. Write it as one line");
    if (std::any_of(text.begin(), text.end(), is_control))
        return bad_form(at, "a header line of a part holds control characters");
    if (!is_utf8(text)) return bad_form(at, "a header line of a part is not UTF-8");
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return bad_form(at, "a header line of a part has no colon");
    if (!net::is_token(text.substr(0, colon))) return bad_form(at, "a header line of a part has a malformed name");
    if (++fields_ > fields_max_) {
        return bad_form(at, "a part has more than " + std::to_string(fields_max_) + " header lines");
    }
    const auto value = trimmed(text.substr(colon + 1));
    return field(text.substr(0, colon), value, at + static_cast<std::size_t>(value.data() - text.data()));
}

std::optional<fault> form_head_reader::field(std::string_view name, std::string_view value, std::size_t at) {
    if (net::same_token(name, "Content-Disposition")) {
        if (std::exchange(has_disposition_, true)) return bad_form(at, "a part has two Content-Dispositions");
        return disposition(value, at);
    }
    if (net::same_token(name, "Content-Type")) {
        if (std::exchange(has_type_, true)) return bad_form(at, "a part has two Content-Types");
        // RFC 7578 section 4.3: files of one name are parts of their own.
        if (net::same_token(trimmed(value.substr(0, value.find('/'))), "multipart"))
            return bad_form(at, "a part is itself multipart. Send each file as a part of its own");
    }
    if (net::same_token(name, "Content-Transfer-Encoding")) {
        if (std::exchange(has_encoding_, true)) return bad_form(at, "a part has two Content-Transfer-Encodings");
        for (const std::string_view identity : {"7bit", "8bit", "binary"}) {
            if (net::same_token(value, identity)) return std::nullopt;
        }
        return bad_form(at, "a part has a Content-Transfer-Encoding other than 7bit, 8bit or binary");
    }
    if (net::same_token(name, "Content-Length")) return content_length(value, at);
    return std::nullopt;
}

// RFC 7578 section 4.2.
std::optional<fault> form_head_reader::disposition(std::string_view value, std::size_t at) {
    const auto type = value.substr(0, value.find(';'));
    if (!net::same_token(trimmed(type), "form-data"))
        return bad_form(at, "a part has a Content-Disposition other than form-data");
    mime_parameters parameters(value.substr(type.size()));
    bool has_name = false;
    std::optional<mime_parameter> file_name, extended;
    while (const auto each = parameters.next()) {
        if (net::same_token(each->name, "name")) {
            if (std::exchange(has_name, true)) return bad_form(at, "a part has two names");
            head_.name = each->value;
        } else if (!has_name) {
            // `filename="x"` holds `name="x"`, which is what readers find that only search.
            return bad_form(at, "a part has no name, or not as the first parameter of its Content-Disposition");
        } else if (net::same_token(each->name, "filename") || net::same_token(each->name, "filename*")) {
            const bool is_extended = each->name.back() == '*';
            if (std::exchange(is_extended ? extended : file_name, each)) return bad_form(at, two_file_names);
            if (is_extended ? !is_extended_value(*each) : hides_parameter(each->value))
                return bad_form(at, "the file name of a part is malformed");
        } else if (each->name.find('*') != std::string_view::npos) {
            // RFC 2231: `name*` and `name*0` are names to some readers.
            return bad_form(at, "the Content-Disposition of a part has a parameter with an asterisk");
        }
    }
    if (parameters.is_malformed()) return bad_form(at, "the Content-Disposition of a part is malformed");
    if (file_name && extended && !is_same_file_name(*file_name, *extended)) return bad_form(at, two_file_names);
    head_.is_file = file_name || extended;
    if (!has_name) return bad_form(at, "a part has no name");
    if (head_.name.empty()) return bad_form(at, "the name of a part is empty");
    if (!is_plain(head_.name) && !match_form_field(head_.name)) {
        return bad_form(at,
                        "the name of a part holds other characters than visible ASCII, or quotes, backslashes or "
                        "percent signs");
    }
    return std::nullopt;
}

// Nobody needs it (RFC 7578 section 4.8), some send it; a reader that believes it must find what the others find.
std::optional<fault> form_head_reader::content_length(std::string_view value, std::size_t at) {
    if (head_.length) return bad_form(at, "a part has two Content-Lengths");
    const auto length = parse_number<std::size_t>(value);
    if (!length) return bad_form(at, "the Content-Length of a part is not a number of bytes");
    head_.length = *length;
    head_.length_at = span{at, at + value.size()};
    return std::nullopt;
}

result<form_part_head> form_head_reader::finish(std::size_t at) {
    if (!has_disposition_) return bad_form(at, "a part has no Content-Disposition");
    fields_ = 0;
    has_disposition_ = has_type_ = has_encoding_ = false;
    return std::exchange(head_, {});
}

}  // namespace ferry::openai
