#include "app/cli/body_edits.hpp"

#include <functional>

namespace ferry::app {

std::vector<body_edit> edits_of(std::string_view body, std::span<const std::string_view> pieces) {
    const auto is_kept = [body](std::string_view piece) {
        const std::less<const char*> before;
        return !before(piece.data(), body.data()) && before(piece.data(), body.data() + body.size());
    };
    std::vector<body_edit> edits;
    body_edit current;
    std::size_t at = 0;
    const auto keep_from = [&](std::size_t offset) {
        current.offset = at;
        current.removed = body.substr(at, offset - at);
        if (!current.removed.empty() || !current.inserted.empty()) edits.push_back(current);
        current = {};
    };
    for (const auto piece : pieces) {
        if (!is_kept(piece)) {
            current.inserted += piece;
            continue;
        }
        const auto offset = static_cast<std::size_t>(piece.data() - body.data());
        keep_from(offset);
        at = offset + piece.size();
    }
    keep_from(body.size());
    return edits;
}

}  // namespace ferry::app
