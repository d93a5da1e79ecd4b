// A body in a content coding, undone in slices: a few bytes may expand to much, and nobody is kept waiting for all of
// it.
#pragma once

#include <memory>
#include <optional>

#include "base/piece_list.hpp"
#include "net/content_coding.hpp"

namespace ferry::net {

// Owned by whoever reads the body; lives on one core; does no I/O. No more is undone at once than there is room for,
// and the rest when that has been taken: a reader that is slow slows this down too.
class content_expansion {
public:
    using verdict = content_decoder::verdict;

    // Null where there is nothing to undo.
    static std::unique_ptr<content_expansion> of(const http_head& head, expansion_limits limits);

    content_expansion(const std::optional<coding_list>& codings, expansion_limits limits);

    // Bytes of the body as they came. They stay where they are until has_more() is false.
    void add(const piece_list& coded);
    // Undoes what there is room for and appends a view of it to `payload`, good until make_room(). What is there is
    // good whatever the verdict.
    verdict expand(piece_list& payload);
    // Of what was added.
    bool has_more() const { return at_ < coded_.size() || filled_; }
    void make_room() { used_ = 0; }
    // Whether the body may end here.
    bool complete() const { return decoder_ && !has_more() && decoder_->complete(); }
    // Bytes held.
    std::size_t memory() const { return (room_ ? room_size : 0) + (decoder_ ? decoder_->memory() : 0); }

private:
    static constexpr std::size_t room_size = 32u << 10;

    std::optional<content_decoder> decoder_;  // none where the coding is unknown
    piece_list coded_;
    std::size_t at_ = 0;  // the first of them that is not used up
    std::unique_ptr<char[]> room_;
    std::size_t used_ = 0;
    bool filled_ = false;  // when it last stopped: there may be more to come
};

}  // namespace ferry::net
