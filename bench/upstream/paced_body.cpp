#include "upstream/paced_body.hpp"

#include <utility>

namespace ferry::bench {

paced_body::paced_body(std::shared_ptr<batch_engine::seat> in, std::int64_t tokens, bool is_stream,
                       std::unique_ptr<body_source> inner)
    : seat_(std::move(in)), tokens_(tokens), is_stream_(is_stream), inner_(std::move(inner)) {}

std::unique_ptr<body_source> paced_body::copy() const {
    auto made = std::make_unique<paced_body>(seat_, tokens_, is_stream_, inner_->copy());
    made->begun_ = begun_;
    made->first_token_is_out_ = first_token_is_out_;
    return made;
}

bool paced_body::next(piece& to) {
    if (!begun_ && !seat_->admitted()) {
        to.wait = seat_->poll();  // and no bytes: it is asked again
        return true;
    }
    if (!inner_->next(to)) {
        seat_->leave();
        return false;
    }
    to.wait = std::chrono::microseconds(0);
    if (!std::exchange(begun_, true)) {
        to.wait = seat_->first();
        for (std::int64_t i = 1; !is_stream_ && i < tokens_; ++i) to.wait += seat_->next();
        first_token_is_out_ = to.is_token;
    } else if (to.is_token && std::exchange(first_token_is_out_, true)) {
        to.wait = seat_->next();
    }
    return true;
}

}  // namespace ferry::bench
