#pragma once

#include <memory>

#include "upstream/batch_engine.hpp"
#include "upstream/body_source.hpp"

namespace ferry::bench {

// An answer at the pace of a batch engine: waits for its turn and for its first token, then for each piece that is a
// token. A whole answer waits as long as all its tokens take. Owned by: its delivery.
class paced_body final : public body_source {
public:
    // `tokens` are those of a whole answer; of a stream they are seen as they come.
    paced_body(std::shared_ptr<batch_engine::seat> in, std::int64_t tokens, bool is_stream,
               std::unique_ptr<body_source> inner);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override;
    std::uint64_t size() const override { return inner_->size(); }

private:
    std::shared_ptr<batch_engine::seat> seat_;
    std::int64_t tokens_;
    bool is_stream_;
    bool begun_ = false;
    bool first_token_is_out_ = false;
    std::unique_ptr<body_source> inner_;
};

}  // namespace ferry::bench
