#include "openai/span_edit.hpp"

#include <algorithm>

namespace ferry::openai {

piece_list gather_edited(std::string_view body, std::vector<span_edit> edits, std::size_t begin) {
    if (edits.size() > 1) {
        std::stable_sort(edits.begin(), edits.end(), [](const span_edit& a, const span_edit& b) {
            return a.where.begin != b.where.begin ? a.where.begin < b.where.begin : a.where.end < b.where.end;
        });
    }
    piece_list pieces;
    const auto add = [&pieces](std::string_view piece) {
        if (!piece.empty()) pieces.push_back(piece);
    };
    for (const auto& each : edits) {
        add(body.substr(begin, each.where.begin - begin));
        add(each.text);
        begin = each.where.end;
    }
    add(body.substr(begin));
    return pieces;
}

}  // namespace ferry::openai
