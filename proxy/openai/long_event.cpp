#include "openai/long_event.hpp"

#include <algorithm>

namespace ferry::openai {
namespace {
constexpr std::string_view data_name = "data";
}

void long_event::end_line() {
    at_ = part::name;
    matched_ = 0;
}

// Reads the name of a field as far as the piece has it.
std::string_view long_event::take_name(std::string_view piece) {
    const char c = piece.front();
    if (matched_ == data_name.size() && c == ':') {
        // Lines of data are joined by a line feed.
        if (has_data_) data_.feed("\n");
        has_data_ = true;
        at_ = part::blank;
    } else if (matched_ < data_name.size() && c == data_name[matched_]) {
        ++matched_;
    } else {
        at_ = part::other;
    }
    return piece.substr(1);
}

void long_event::feed(std::string_view piece) {
    while (!piece.empty()) {
        const char c = piece.front();
        const bool is_lf_of_crlf = after_cr_ && c == '\n';
        after_cr_ = c == '\r';
        if (c == '\n' || c == '\r') {
            if (!is_lf_of_crlf) end_line();
            piece.remove_prefix(1);
        } else if (at_ == part::name) {
            piece = take_name(piece);
        } else if (at_ == part::blank) {
            // One blank after the colon does not count.
            at_ = part::value;
            if (c == ' ') piece.remove_prefix(1);
        } else {
            const auto rest = piece.substr(0, piece.find_first_of("\r\n"));
            if (at_ == part::value) data_.feed(rest);
            piece.remove_prefix(rest.size());
        }
    }
}

}  // namespace ferry::openai
