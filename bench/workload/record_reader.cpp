#include "workload/record_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace ferry::bench {
namespace {

constexpr std::size_t step = 256 * 1024;
constexpr std::size_t longest = std::size_t(64) << 20;

bool is_blank(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

record_reader::record_reader(std::string option, std::string file)
    : option_(std::move(option)), file_(std::move(file)), in_(std::fopen(file_.c_str(), "rb")) {
    if (!in_) throw std::invalid_argument(option_ + ": " + file_ + " cannot be read: " + std::strerror(errno));
    rewind();
}

void record_reader::fail(const std::string& what) const {
    throw std::invalid_argument(option_ + ": " + file_ + ": " + what);
}

void record_reader::fail(std::uint64_t line, const std::string& what) const {
    throw std::invalid_argument(option_ + ": " + file_ + ", line " + std::to_string(line) + ": " + what);
}

void record_reader::rewind() {
    // A file that is held as a whole is not read again.
    if (consumed_ > 0 || !has_ended_) {
        if (std::fseek(in_.get(), 0, SEEK_SET) != 0) fail("cannot be read from its beginning again: give a plain file");
        held_.clear();
        at_ = 0;
        consumed_ = 0;
        has_ended_ = false;
        fill();
    }
    at_ = 0;
    line_ = 1;
    if (held_.substr(0, 3) == "\xef\xbb\xbf") at_ = 3;  // a byte order mark
    skip_blanks(false);
    is_array_ = peek() == '[';
    if (is_array_) ++at_;
}

bool record_reader::fill() {
    if (has_ended_) return false;
    if (at_ > 0) {
        held_.erase(0, at_);
        consumed_ += at_;
        at_ = 0;
    }
    if (held_.size() >= longest) fail(line_, "what begins here is longer than 64 MiB: no request may be");
    const auto before = held_.size();
    held_.resize(before + step);
    const auto got = std::fread(held_.data() + before, 1, step, in_.get());
    held_.resize(before + got);
    has_ended_ = got < step;
    if (has_ended_ && std::ferror(in_.get())) fail(std::string("cannot be read: ") + std::strerror(errno));
    return got > 0;
}

int record_reader::peek() {
    if (at_ == held_.size() && !fill()) return -1;
    return static_cast<unsigned char>(held_[at_]);
}

void record_reader::skip_blanks(bool commas) {
    for (int c = peek(); is_blank(c) || (commas && c == ','); c = peek()) {
        line_ += c == '\n';
        ++at_;
    }
}

std::optional<record> record_reader::next() {
    skip_blanks(is_array_);
    if (peek() < 0) {
        if (is_array_) fail(line_, "the array that the file is has no end here: it was cut off, fetch it again");
        return std::nullopt;
    }
    return is_array_ ? next_object() : next_line();
}

std::optional<record> record_reader::next_line() {
    std::size_t length = 0;  // searched so far
    for (;;) {
        const auto end = held_.find('\n', at_ + length);
        const bool found = end != std::string::npos;
        length = (found ? end : held_.size()) - at_;
        if (!found && fill()) continue;
        record made{std::string_view(held_).substr(at_, length), line_};
        if (!made.text.empty() && made.text.back() == '\r') made.text.remove_suffix(1);
        at_ += length + (found ? 1 : 0);
        line_ += found ? 1 : 0;
        return made;
    }
}

std::optional<record> record_reader::next_object() {
    if (peek() == ']') return std::nullopt;
    if (peek() != '{') fail(line_, "an object { is to begin here, of the array that the file is");
    const auto end = end_of_object();
    const record made{std::string_view(held_).substr(at_, end - at_), line_};
    line_ += static_cast<std::uint64_t>(std::count(made.text.begin(), made.text.end(), '\n'));
    at_ = end;
    return made;
}

std::size_t record_reader::end_of_object() {
    bool quoted = false;
    std::size_t depth = 0;
    for (std::size_t length = 0;; ++length) {
        if (at_ + length >= held_.size() && !fill()) {
            fail(line_, "the object that begins here has no end: the file was cut off, fetch it again");
        }
        const char c = held_[at_ + length];
        if (quoted) {
            if (c == '\\') ++length;
            if (c == '"') quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at_ + length + 1;
        }
    }
}

}  // namespace ferry::bench
