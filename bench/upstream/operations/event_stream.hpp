#pragma once

#include <functional>
#include <memory>

#include "upstream/action.hpp"
#include "upstream/body_source.hpp"

namespace ferry::bench {

// A stream of `pieces` events an interval apart, and `ends` more that follow at once; each is made when it is due. With
// `error_after` below `pieces` an error event takes the place of the rest. There is no [DONE].
class event_stream final : public body_source {
public:
    using maker = std::function<void(std::size_t which, piece& to)>;  // appends one whole event

    event_stream(std::shared_ptr<const action> a, std::size_t pieces, std::size_t ends, maker make);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override { return std::make_unique<event_stream>(*this); }

private:
    std::shared_ptr<const action> action_;
    std::size_t pieces_, all_;
    maker make_;
    std::size_t at_ = 0;
};

}  // namespace ferry::bench
