#include "net/content_expansion.hpp"

namespace ferry::net {

std::unique_ptr<content_expansion> content_expansion::of(const http_head& head, expansion_limits limits) {
    if (!head.content_encoding) return nullptr;
    const auto codings = content_codings(head);
    if (codings && codings->empty()) return nullptr;
    return std::make_unique<content_expansion>(codings, limits);
}

content_expansion::content_expansion(const std::optional<coding_list>& codings, expansion_limits limits) {
    if (codings) decoder_.emplace(*codings, limits);
}

void content_expansion::add(const piece_list& coded) {
    if (at_ == coded_.size()) {
        coded_.clear();
        at_ = 0;
    }
    for (const auto piece : coded) {
        if (!piece.empty()) coded_.push_back(piece);
    }
}

content_expansion::verdict content_expansion::expand(piece_list& payload) {
    if (!decoder_) return verdict::unknown;
    if (!room_) room_.reset(new char[room_size]);
    const auto begin = used_;
    auto says = verdict::good;
    while (says == verdict::good && has_more() && used_ < room_size) {
        const bool any = at_ < coded_.size();
        const std::span<char> room(room_.get() + used_, room_size - used_);
        const auto done = decoder_->decode(any ? coded_[at_] : std::string_view(), room);
        says = done.says;
        used_ += done.produced;
        filled_ = used_ == room_size;
        if (!any) continue;
        coded_[at_].remove_prefix(done.consumed);
        if (coded_[at_].empty()) ++at_;
    }
    if (used_ > begin) payload.emplace_back(room_.get() + begin, used_ - begin);
    return says;
}

}  // namespace ferry::net
