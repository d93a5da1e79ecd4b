#pragma once

#include <memory>
#include <vector>

#include "upstream/body_source.hpp"
#include "upstream/operations/response_document.hpp"

namespace ferry::bench {

// The named events of one response, each made when it is due. Pieces of text and arguments are an interval apart; the
// events around them come at once. There is no [DONE].
class response_stream final : public body_source {
public:
    // `reported` is what the usage says, -1 if it says nothing.
    response_stream(std::shared_ptr<const action> a, std::shared_ptr<const response_document> document,
                    std::int64_t reported);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override { return std::make_unique<response_stream>(*this); }

private:
    enum class kind { created, in_progress, item_added, part_added, delta, text_done, part_done, item_done, end };
    struct step {
        kind is;
        std::size_t item, part, count;  // a step of kind delta is `count` events
    };

    void plan();
    void append(const step& s, std::size_t which, std::string& out) const;
    void append_part(const step& s, std::size_t which, std::string& out) const;
    std::string type_of(const step& s) const;

    std::shared_ptr<const action> action_;
    std::shared_ptr<const response_document> document_;
    std::int64_t reported_;
    std::vector<step> steps_;
    std::size_t at_ = 0, in_step_ = 0;
    std::size_t sequence_ = 0;
    std::size_t deltas_ = 0;  // sent so far
    std::size_t all_deltas_ = 0;
};

}  // namespace ferry::bench
