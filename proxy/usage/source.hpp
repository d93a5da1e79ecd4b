#pragma once

#include <cstdint>

#include "usage/batch.hpp"

namespace ferry::usage {

// One core's records on their way into the store: of this process (live_source) or of a dead one (dead_source).
// Owned by: shipper. Lives on: its thread. read() is followed by committed(), once the store has what was read, before
// the next read(). Both throw file_error, and may then be called again.
class source {
public:
    virtual ~source() = default;

    // Adds rows until the batch holds `most` of them, or is full. True if more may be there.
    virtual bool read(batch& into, std::size_t most) = 0;

    // Everything read so far is in the store: notes it in the files, and removes those that are done with.
    virtual void committed() = 0;

    // Nothing will ever come any more, and the files are gone.
    virtual bool is_finished() const { return false; }

    // Bytes of adopted segments that are not committed.
    virtual std::uint64_t adopted_bytes() const { return 0; }
};

}  // namespace ferry::usage
