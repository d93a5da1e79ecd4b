#include "openai/form_scanner.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "openai/form_fault.hpp"
#include "openai/line_search.hpp"

namespace ferry::openai {

form_scanner::form_scanner(std::string_view boundary, form_limits limits)
    : limits_(limits),
      delimiter_("--" + std::string(boundary)),
      head_(limits.head_fields),
      reader_(limits.value_bytes) {}

void form_scanner::take(std::string_view& piece, std::size_t bytes) {
    piece.remove_prefix(bytes);
    at_ += bytes;
}

std::optional<fault> form_scanner::feed(std::string_view piece) {
    while (!piece.empty()) {
        if (auto refused = step(piece)) return refused;
    }
    return std::nullopt;
}

// Takes at least one byte, or changes what is looked for.
std::optional<fault> form_scanner::step(std::string_view& piece) {
    switch (state_) {
        case state::first_delimiter:
            return first_delimiter(piece);
        case state::behind_delimiter:
            return behind_delimiter(piece);
        case state::head:
            return head(piece);
        case state::content:
            return behind_ == line_end::none ? content(piece) : candidate(piece);
        case state::behind_last:
            return behind_last(piece);
    }
    return std::nullopt;
}

std::optional<fault> form_scanner::first_delimiter(std::string_view& piece) {
    if (piece.front() != delimiter_[matched_]) {
        return bad_form(at_, "it does not begin with -- and the boundary of the Content-Type");
    }
    take(piece, 1);
    if (++matched_ != delimiter_.size()) return std::nullopt;
    matched_ = 0;
    state_ = state::behind_delimiter;
    return std::nullopt;
}

std::optional<fault> form_scanner::behind_delimiter(std::string_view& piece) {
    const char c = piece.front();
    if (matched_ == 0) ends_form_ = c == '-';
    const std::string_view wanted = ends_form_ ? "--" : "\r\n";
    if (c != wanted[matched_]) {
        return bad_form(at_, "the delimiter of the parts goes on with something else than CRLF or --");
    }
    take(piece, 1);
    if (++matched_ != wanted.size()) return std::nullopt;
    matched_ = 0;
    return end_part(ends_form_);
}

// The delimiter at delimiter_at_ has been read to its end: that of the part before it, where there is one.
std::optional<fault> form_scanner::end_part(bool is_last) {
    if (parts_ != 0) {
        if (auto refused = reader_.close({part_at_, delimiter_at_}, {content_at_, delimiter_at_ - 2})) return refused;
    } else if (is_last) {
        return bad_form(at_, "the form ends without a part");
    }
    if (is_last) {
        state_ = state::behind_last;
        return std::nullopt;
    }
    if (parts_++ == limits_.parts) {
        return bad_form(delimiter_at_, "a part begins that is too many: at most " + std::to_string(limits_.parts));
    }
    part_at_ = delimiter_at_;
    head_size_ = 0;
    state_ = state::head;
    return std::nullopt;
}

std::optional<fault> form_scanner::head(std::string_view& piece) {
    const auto line = piece.substr(0, std::min(piece.find('\n'), piece.size() - 1) + 1);
    head_size_ += line.size();
    if (head_size_ > limits_.head_bytes) {
        return bad_form(part_at_, "a part begins whose header lines are longer than " +
                                      std::to_string(limits_.head_bytes) + " bytes");
    }
    line_.append(line);
    take(piece, line.size());
    if (line.back() != '\n') return std::nullopt;
    auto refused = head_line(line_);
    line_.clear();
    return refused;
}

std::optional<fault> form_scanner::head_line(std::string_view line) {
    const auto line_at = at_ - line.size();
    line.remove_suffix(1);
    if (!line.ends_with('\r')) return bad_form(at_ - 1, "a header line of a part ends without a carriage return");
    line.remove_suffix(1);
    if (line.starts_with(delimiter_)) return bad_form(line_at, "the delimiter stands among the header lines of a part");
    if (!line.empty()) return head_.line(line, line_at);
    auto read = head_.finish(line_at);
    if (!read) return std::move(read).error();
    content_at_ = at_;
    state_ = state::content;
    behind_ = line_end::begin;
    return reader_.open(std::move(*read));
}

// Content without a delimiter under way, up to where one may begin.
std::optional<fault> form_scanner::content(std::string_view& piece) {
    const char* const begin = piece.data();
    const char* const end = begin + piece.size();
    const auto may_go_on = [&](const char* p) {
        const auto bytes = std::min(delimiter_.size(), static_cast<std::size_t>(end - p));
        return std::memcmp(p, delimiter_.data(), bytes) == 0;
    };
    const char* found = find_delimiter(begin, end);
    while (found != end && !may_go_on(found + 1)) found = find_delimiter(found + 1, end);
    auto plain = static_cast<std::size_t>(found - begin);
    std::size_t held = 0;
    if (plain != piece.size()) {
        held = 1;
        behind_ = *found == '\r' ? line_end::cr : line_end::lf;
        // A carriage return that ended the piece before would have begun a candidate.
        if (*found == '\n' && plain != 0 && found[-1] == '\r') {
            behind_ = line_end::crlf;
            --plain;
            held = 2;
        }
    }
    auto refused = reader_.content(piece.substr(0, plain));
    take(piece, plain + held);
    return refused;
}

// A line of the content begins, and goes on as the delimiter does as far as it has come. A delimiter holds no line end,
// so that what turns out to be none holds no other candidate.
std::optional<fault> form_scanner::candidate(std::string_view& piece) {
    if (behind_ == line_end::cr && matched_ == 0 && piece.front() == '\n') {
        behind_ = line_end::crlf;
        take(piece, 1);
        return std::nullopt;
    }
    const auto wanted = std::string_view(delimiter_).substr(matched_);
    const auto [differs, end] = std::mismatch(piece.begin(), piece.end(), wanted.begin(), wanted.end());
    const auto same = static_cast<std::size_t>(differs - piece.begin());
    take(piece, same);
    matched_ += same;
    if (matched_ != delimiter_.size()) return piece.empty() ? std::nullopt : no_candidate();
    delimiter_at_ = at_ - delimiter_.size();
    // Some readers end lines at CR or LF alone, some see a delimiter where the content only begins.
    if (behind_ != line_end::crlf) {
        return bad_form(delimiter_at_, "the delimiter of the parts stands within a part, or not behind CRLF");
    }
    behind_ = line_end::none;
    matched_ = 0;
    state_ = state::behind_delimiter;
    return std::nullopt;
}

// What was held back is content.
std::optional<fault> form_scanner::no_candidate() {
    const std::string_view ends[] = {"", "", "\r", "\n", "\r\n"};
    auto refused = reader_.content(ends[static_cast<std::size_t>(behind_)]);
    if (!refused) refused = reader_.content(std::string_view(delimiter_).substr(0, matched_));
    behind_ = line_end::none;
    matched_ = 0;
    return refused;
}

std::optional<fault> form_scanner::behind_last(std::string_view& piece) {
    constexpr std::string_view wanted = "\r\n";
    if (matched_ == wanted.size() || piece.front() != wanted[matched_]) {
        return bad_form(at_, "something stands behind the last delimiter");
    }
    take(piece, 1);
    ++matched_;
    return std::nullopt;
}

result<form_request> form_scanner::finish() {
    if (at_ == 0) return bad_form(at_, "it is empty");
    const bool is_complete = state_ == state::behind_last && matched_ != 1;
    if (!is_complete) return bad_form(at_, "it ends before its last delimiter, or within the line end behind that");
    reader_.request().body_size = at_;
    return std::move(reader_.request());
}

}  // namespace ferry::openai
