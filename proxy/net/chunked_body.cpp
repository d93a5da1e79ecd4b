#include "net/chunked_body.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "net/token.hpp"

namespace ferry::net {

namespace {

constexpr int most_digits = 16;
constexpr std::size_t most_extension_bytes = 256;
constexpr std::size_t most_trailer_bytes = 8192;

bool is_unfit(char c) {
    return is_control(c) && c != '\t';
}

}  // namespace

void chunked_body::fail(std::string_view why) {
    state_ = state::failed;
    wrong_ = why;
}

std::size_t chunked_body::read(std::string_view bytes, piece_list& payload) {
    std::size_t at = 0;
    while (at < bytes.size() && state_ != state::done && state_ != state::failed) {
        if (state_ != state::data) {
            take(bytes[at++]);
            continue;
        }
        const auto taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
        payload.push_back(bytes.substr(at, taken));
        at += taken;
        left_ -= taken;
        if (left_ == 0) state_ = state::data_cr;
    }
    return at;
}

void chunked_body::take(char c) {
    switch (state_) {
        case state::size:
            return take_size(c);
        case state::extension:
            return take_extension(c);
        case state::size_lf:
            if (c != '\n') return fail("the line of a chunk's size does not end in CRLF");
            return end_size();
        case state::data_cr:
            if (c != '\r') return fail("a chunk is longer than its size says");
            state_ = state::data_lf;
            return;
        case state::data_lf:
            if (c != '\n') return fail("a chunk does not end in CRLF");
            state_ = state::size;
            return;
        case state::end_lf:
            if (c != '\n') return fail("the last chunk does not end in CRLF");
            state_ = state::done;
            return;
        case state::data:
        case state::done:
        case state::failed:
            return;
        default:
            return take_trailer(c);
    }
}

void chunked_body::take_size(char c) {
    const int value = hex_value(c);
    if (value >= 0) {
        if (++digits_ > most_digits) return fail("a chunk's size has more than 16 digits");
        left_ = left_ * 16 + static_cast<unsigned>(value);
        return;
    }
    if (digits_ == 0) return fail("a chunk's size is not a hexadecimal number");
    if (c == '\r') {
        state_ = state::size_lf;
    } else if (c == ';' || c == ' ' || c == '\t') {
        state_ = state::extension;
        take_extension(c);
    } else {
        fail("a chunk's size is not a hexadecimal number");
    }
}

// What stands there is ignored, so only what could hide the end of the line matters.
void chunked_body::take_extension(char c) {
    if (c == '\r' && !quoted_) {
        state_ = state::size_lf;
        return;
    }
    if (is_unfit(c) || ++extension_bytes_ > most_extension_bytes) {
        return fail("a chunk extension is too long or has control characters");
    }
    if (c == '"') quoted_ = !quoted_;
}

void chunked_body::end_size() {
    state_ = left_ == 0 ? state::trailer : state::data;
    digits_ = 0;
}

// Trailers are dropped, but they must be fields: else another parser might see the end of the body elsewhere.
void chunked_body::take_trailer(char c) {
    constexpr std::string_view no_field = "a trailer is not a header field";
    if (++trailer_bytes_ > most_trailer_bytes) return fail("its trailers are too large");
    switch (state_) {
        case state::trailer:
            if (c == '\r') {
                state_ = state::end_lf;
            } else if (is_token_char(c)) {
                state_ = state::trailer_name;
            } else {
                fail(no_field);
            }
            return;
        case state::trailer_name:
            if (c == ':') {
                state_ = state::trailer_value;
            } else if (!is_token_char(c)) {
                fail(no_field);
            }
            return;
        case state::trailer_value:
            if (c == '\r') {
                state_ = state::trailer_lf;
            } else if (is_unfit(c)) {
                fail("a trailer has a control character");
            }
            return;
        default:
            if (c != '\n') return fail("a trailer does not end in CRLF");
            state_ = state::trailer;
    }
}

}  // namespace ferry::net
