#include "conversation/overlap.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace ferry::conversation {
namespace {

using numbers = std::vector<std::uint32_t>;

// For each place of `text` how many of what begins there is as at its beginning (the Z function).
std::vector<std::size_t> likeness_to_beginning(const numbers& text) {
    std::vector<std::size_t> like(text.size());
    std::size_t begin = 0, end = 0;  // the stretch found that reaches furthest
    for (std::size_t i = 1; i < text.size(); ++i) {
        auto& length = like[i];
        if (i < end) length = std::min(end - i, like[i - begin]);
        while (i + length < text.size() && text[length] == text[i + length]) ++length;
        if (i + length > end) {
            begin = i;
            end = i + length;
        }
    }
    return like;
}

// The place in `stored` of what `request` ends with. REQUIRES: its last message is in `stored`.
std::size_t place_of_last(std::span<const marked_message> request, std::span<const marked_message> stored) {
    // Backwards, with something between them that is in neither.
    numbers text;
    const auto most = std::min(request.size(), stored.size());
    text.reserve(most + 1 + stored.size());
    for (std::size_t i = 0; i != most; ++i) text.push_back(request[request.size() - 1 - i].number);
    text.push_back(std::numeric_limits<std::uint32_t>::max());
    for (std::size_t i = stored.size(); i != 0; --i) text.push_back(stored[i - 1].number);
    const auto like = likeness_to_beginning(text);
    const auto found = std::max_element(like.begin() + static_cast<std::ptrdiff_t>(most) + 1, like.end());
    const auto from_end = static_cast<std::size_t>(found - like.begin()) - most - 1;
    return stored.size() - 1 - from_end;
}

}  // namespace

std::optional<std::size_t> known_beginning(std::span<const marked_message> request,
                                           std::span<const marked_message> stored) {
    std::size_t known = request.size();
    while (known != 0 && !(request[known - 1].is_answer && request[known - 1].number != 0)) --known;
    if (known == 0) return std::nullopt;
    auto place = place_of_last(request.first(known), stored) + 1;
    for (; known != request.size(); ++known, ++place) {
        const auto number = request[known].number;
        while (place < stored.size() && stored[place].number != number) ++place;
        if (place >= stored.size()) break;
    }
    return known;
}

}  // namespace ferry::conversation
