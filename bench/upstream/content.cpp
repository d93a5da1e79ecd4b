#include "upstream/content.hpp"

#include <algorithm>

#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

constexpr std::string_view lorem =
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et dolore "
    "magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea commodo "
    "consequat. Duis aute irure dolor in reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. "
    "Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id est laborum. ";

constexpr int usual_words = 16;
constexpr int usual_of_an_engine = 200;  // tokens; where a limit is given, it answers up to that
constexpr int most_of_an_engine = 1'000'000;

// Words, each with the space that follows it.
std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto space = text.find(' ');
        const auto n = space == std::string_view::npos ? text.size() : space + 1;
        words.push_back(text.substr(0, n));
        text.remove_prefix(n);
    }
    return words;
}

const std::vector<std::string_view>& lorem_words() {
    static const auto words = words_of(lorem);
    return words;
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

}  // namespace

content::content(const action& a, std::int64_t max_pieces) {
    if (a.pieces) {
        for (const auto& piece : *a.pieces) append_escaped(piece, pieces_.emplace_back());
        count_ = pieces_.size();
    } else if (a.content) {
        cut(*a.content, a.chunks, a.chunk_bytes);
    } else if (a.tool_calls.empty() && a.refusal.empty()) {
        const int usual = !a.engine ? usual_words : max_pieces < 0 ? usual_of_an_engine : most_of_an_engine;
        count_ = static_cast<std::size_t>(a.chunks >= 0 ? a.chunks : usual);
        lorem_bytes_ = static_cast<std::size_t>(a.chunk_bytes);
    }
    if (max_pieces >= 0 && count_ > static_cast<std::size_t>(max_pieces)) {
        count_ = static_cast<std::size_t>(max_pieces);
        shortened_ = true;
    }
}

content::content(std::string_view text, int pieces, int piece_bytes) {
    cut(text, pieces, piece_bytes);
}

void content::cut(std::string_view text, int pieces, int piece_bytes) {
    std::vector<std::string_view> parts;
    if (pieces > 0 || piece_bytes > 0) {
        const auto wanted = static_cast<std::size_t>(pieces > 0 ? pieces : 1);
        const auto even = pieces > 0 ? (text.size() + wanted - 1) / wanted : static_cast<std::size_t>(piece_bytes);
        while (!text.empty()) {
            auto n = std::min(std::max<std::size_t>(even, 1), text.size());
            while (n < text.size() && continues_character(text[n])) ++n;
            parts.push_back(text.substr(0, n));
            text.remove_prefix(n);
        }
    } else {
        parts = words_of(text);
    }
    for (const auto part : parts) append_escaped(part, pieces_.emplace_back());
    count_ = pieces_.size();
}

void content::append(std::size_t i, std::string& out) const {
    if (!pieces_.empty()) {
        out += pieces_[i];
    } else if (lorem_bytes_ == 0) {
        out += lorem_words()[i % lorem_words().size()];
    } else {
        auto at = i * lorem_bytes_ % lorem.size();
        for (auto left = lorem_bytes_; left > 0; at = 0) {
            const auto n = std::min(left, lorem.size() - at);
            out.append(lorem.substr(at, n));
            left -= n;
        }
    }
}

void content::append_all(std::string& out) const {
    for (std::size_t i = 0; i < count_; ++i) append(i, out);
}

}  // namespace ferry::bench
