// A byte order mark before a JSON text: RFC 8259 (section 8.1) lets a reader ignore it and forbids to send it.
#pragma once

#include <string_view>

namespace ferry::openai {

inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

// Feeds a body that was validated before to a json_scanner.
template <class Scanner>
void feed_body(Scanner& scanner, std::string_view body) {
    if (body.starts_with(byte_order_mark)) {
        scanner.skip(byte_order_mark.size());
        body.remove_prefix(byte_order_mark.size());
    }
    scanner.feed(body);
}

}  // namespace ferry::openai
