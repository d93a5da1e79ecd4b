#pragma once

#include <optional>
#include <string>

#include "usage/assembler.hpp"
#include "usage/journal.hpp"
#include "usage/replay.hpp"
#include "usage/source.hpp"

namespace ferry::usage {

// A core of a dead process: its segments one after the other, then what was open becomes `interrupted`. A torn tail
// ends the last segment; any other damage costs the records it touches, and the file is set aside in quarantine/ when
// what is whole in it has been shipped. The others are removed.
class dead_source : public source {
public:
    dead_source(journal& from, dead_lane adopted, std::uint64_t& quarantined);

    bool read(batch& into, std::size_t most) override;
    void committed() override;
    bool is_finished() const override { return released_ == segments_.size(); }
    std::uint64_t adopted_bytes() const override { return bytes_left_; }

private:
    void load();
    void leave_segment();
    bool is_last() const { return index_ + 1 == used_; }
    void release(adopted_segment& done, bool is_damaged);

    journal& journal_;
    std::uint64_t& quarantined_;  // a counter of the shipper's
    dead_lane segments_;
    std::vector<bool> damaged_;
    assembler assembler_;
    std::uint64_t bytes_left_ = 0;
    std::size_t used_ = 0;      // segments that were written to; those behind them were only prepared
    std::size_t index_ = 0;     // of the segment being read
    std::size_t released_ = 0;  // segments that are removed or set aside
    std::string bytes_;         // of the segment being read
    std::optional<frame_reader> reader_;
    std::uint64_t checkpoint_ = 0;
    bool header_is_damaged_ = false, has_malformed_ = false, is_sealed_ = false;
};

}  // namespace ferry::usage
