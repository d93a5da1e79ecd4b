#include "openai/text_start.hpp"

#include "base/ascii.hpp"
#include "openai/byte_order_mark.hpp"

namespace ferry::openai {

std::string_view text_start::skip(std::string_view piece) {
    while (!is_over_ && !piece.empty()) {
        const bool is_inside = mark_ > 0 && mark_ < byte_order_mark.size();
        if (mark_ < byte_order_mark.size() && piece.front() == byte_order_mark[mark_]) {
            ++mark_;
        } else if (is_inside || !is_white_space(piece.front())) {
            is_broken_ = is_inside;
            is_over_ = true;
            return piece;
        }
        piece.remove_prefix(1);
    }
    return piece;
}

}  // namespace ferry::openai
