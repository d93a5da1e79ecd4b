#include "upstream/operations/event_stream.hpp"

#include "upstream/served.hpp"

namespace ferry::bench {

event_stream::event_stream(std::shared_ptr<const action> a, std::size_t pieces, std::size_t ends, maker make)
    : action_(std::move(a)), pieces_(pieces), all_(pieces + ends), make_(std::move(make)) {}

bool event_stream::next(piece& to) {
    if (at_ == all_) return false;
    to.is_event = true;
    if (at_ > 0 && at_ < pieces_) to.wait = action_->interval;
    to.is_token = at_ < pieces_;
    const auto limit = action_->error_after;
    if (limit >= 0 && static_cast<std::size_t>(limit) < pieces_ && at_ == static_cast<std::size_t>(limit)) {
        to.bytes.append("event: error\ndata: ").append(error_json(500)).append("\n\n");
        at_ = all_;
        return true;
    }
    make_(at_, to);
    if (++at_ == all_ && action_->no_last_blank_line) to.bytes.pop_back();
    return true;
}

}  // namespace ferry::bench
