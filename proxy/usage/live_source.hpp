#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "usage/assembler.hpp"
#include "usage/journal.hpp"
#include "usage/source.hpp"

namespace ferry::usage {

// A core of this process: follows its segments up to what is published, in memory. A segment goes when all in it is
// committed and the one that follows, which repeats what was open, is on the disk as far as the repeats go.
class live_source : public source {
public:
    live_source(journal& from, lane& which);

    bool read(batch& into, std::size_t most) override;
    void committed() override;

    // Requests whose rows are committed, and bytes of frames.
    std::uint64_t ends_committed() const { return ends_committed_; }
    std::uint64_t bytes_committed() const { return bytes_committed_; }

private:
    void open(std::shared_ptr<segment> next);
    bool may_remove_oldest() const;

    journal& journal_;
    lane& lane_;
    assembler assembler_;
    std::shared_ptr<segment> current_;
    std::optional<frame_reader> reader_;
    std::deque<std::shared_ptr<segment>> done_;  // read to the end, oldest first
    std::uint64_t bytes_read_ = 0, bytes_committed_ = 0, ends_committed_ = 0;
};

}  // namespace ferry::usage
