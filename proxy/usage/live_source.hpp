#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "usage/assembler.hpp"
#include "usage/journal.hpp"
#include "usage/source.hpp"

namespace ferry::usage {

// A core of this process: follows its segments up to what is published, in memory. A segment goes when all in it is
// committed, and a later one, which repeats what was open, is on the disk as far as the repeats go; or, on a disk that
// takes nothing, when no request is open any more that began in it or before.
// Records that cannot be read, because the file was cut under the process, are counted as lost and reported.
class live_source : public source {
public:
    live_source(journal& from, lane& which);

    bool read(batch& into, std::size_t most) override;
    void committed() override;

    // Requests whose rows are committed, and bytes of frames.
    std::uint64_t ends_committed() const { return ends_committed_; }
    std::uint64_t bytes_committed() const { return bytes_committed_; }

private:
    // A segment that was read to its end, and how far without a gap.
    struct finished {
        std::shared_ptr<segment> file;
        std::uint64_t intact_to = 0;
    };

    void open(std::shared_ptr<segment> next);
    void leave();
    void note_lost();
    void remove_oldest();
    bool may_remove_oldest() const;

    journal& journal_;
    lane& lane_;
    assembler assembler_;
    std::shared_ptr<segment> current_;
    std::optional<frame_reader> reader_;
    std::uint64_t intact_to_ = 0, frames_ = 0;  // of current_: where the first gap is, and what was read
    std::deque<finished> done_;                 // oldest first
    std::uint64_t bytes_read_ = 0, bytes_in_current_ = 0, bytes_committed_ = 0;
    std::uint64_t ends_lost_ = 0, ends_committed_ = 0;
};

}  // namespace ferry::usage
