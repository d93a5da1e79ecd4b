#include "openai/chat_scanner.hpp"

#include <string>
#include <utility>

#include "base/ascii.hpp"
#include "openai/byte_order_mark.hpp"

namespace ferry::openai {
namespace {

constexpr const char* advice = " Send one JSON object encoded as UTF-8.";

std::string shown(unsigned char c) {
    if (c > 0x20 && c < 0x7f) return std::string("'") + static_cast<char>(c) + "'";
    std::string text = "the byte 0x";
    append_hex(text, c);
    return text;
}

fault bad_json(std::size_t offset, std::string_view expected, std::string_view found) {
    std::string text = "The request body is not valid JSON: at byte " + std::to_string(offset) + " expected ";
    text.append(expected).append(", found ").append(found).append(".").append(advice);
    return fault::client(fault_code::invalid_json, std::move(text));
}

}  // namespace

chat_scanner::chat_scanner(scan_limits limits) : scanner_(reader_, limits.depth) {}

std::optional<fault> chat_scanner::feed(std::string_view piece) {
    if (has_begun_) return scan(piece);
    while (!piece.empty() && mark_ < byte_order_mark.size() && piece.front() == byte_order_mark[mark_]) {
        ++mark_;
        piece.remove_prefix(1);
    }
    if (piece.empty() && mark_ < byte_order_mark.size()) return std::nullopt;
    has_begun_ = true;
    if (mark_ == byte_order_mark.size())
        scanner_.skip(mark_);
    else if (mark_ > 0)
        return scan(byte_order_mark.substr(0, mark_));
    return scan(piece);
}

std::optional<fault> chat_scanner::scan(std::string_view piece) {
    const std::size_t base = scanner_.size();
    if (scanner_.feed(piece)) return std::nullopt;
    return failure(piece, base);
}

std::optional<fault> chat_scanner::failure(std::string_view piece, std::size_t base) {
    if (reader_.refusal()) return reader_.refusal();
    const std::size_t at = scanner_.error_offset();
    const auto found = static_cast<unsigned char>(piece[at - base]);
    if (at == 0 && (found == 0xef || found == 0xfe || found == 0xff)) {
        return bad_json(at, "'{'", "part of a byte order mark, or UTF-16");
    }
    return bad_json(at, scanner_.expected(), shown(found));
}

result<chat_request> chat_scanner::finish() {
    if (!has_begun_ && mark_ > 0) return *scan(byte_order_mark.substr(0, mark_));
    const std::size_t size = scanner_.size();
    if (!scanner_.finish()) {
        if (reader_.refusal()) return *reader_.refusal();
        return bad_json(size, size == 0 ? "a JSON object" : scanner_.expected(), "the end of the body");
    }
    reader_.request().body_size = size;
    return std::move(reader_.request());
}

}  // namespace ferry::openai
