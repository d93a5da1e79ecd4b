#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "usage/batch.hpp"
#include "usage/record_format.hpp"

namespace ferry::usage {

// Puts the records of one core together to rows, in the order they were written, over all its segments. A begin or an
// attempt that comes again (a rotation repeats what is open) replaces what is known.
// Owned by: a source. Lives on: the shipper's thread. Holds what is open: as much as the core's writer holds.
class assembler {
public:
    explicit assembler(const uuid& instance) : instance_(to_string(instance)) {}

    // False if the payload is no record this version understands, though its checksum is right.
    // `is_committed`: the store has the row already if this is an end; nothing is added then.
    bool feed(std::string_view payload, bool is_committed, batch& into);

    // The process is dead: what is open becomes rows of basis `interrupted`, end_reason `crash`.
    void abandon(batch& into);

    // The number of the segment that the next records come from; and the one where the oldest of the open requests was
    // begun, the largest number there is if none is open.
    void reads_from(std::uint64_t segment) { segment_ = segment; }
    std::uint64_t oldest_open() const;
    // Likewise, where the oldest part of a turn stands whose request is open.
    std::uint64_t oldest_part() const;

    // Ends seen so far.
    std::uint64_t ends() const { return ends_; }

private:
    // A decoded record and the bytes its texts point into, which stay where they are when they change hands.
    struct kept_attempt {
        attempt_record record;
        std::vector<char> bytes;
    };
    struct pending {
        begin_record begin;
        std::vector<char> bytes;
        std::vector<kept_attempt> attempts;  // the first attempt_count, in the order of their numbers
        std::size_t attempt_count = 0;
        std::uint64_t segment = 0;  // where it was begun
        std::string turn;           // its parts so far
        std::uint64_t turn_bytes = 0, turn_segment = 0;
    };
    struct hash {
        std::size_t operator()(const uuid& id) const;
    };

    pending& opened(const uuid& id);
    void keep_attempt(const decoded_attempt& decoded);
    void keep_part(const decoded_part& decoded);
    void add_end(const decoded_end& end, bool is_committed, batch& into);
    void add_row(const pending& known, const decoded_end* end, batch& into) const;
    static void add_turn(const pending& known, batch& into);

    std::string instance_;
    std::vector<char> incoming_;  // the record being fed; kept by swapping
    using pending_by_id = std::unordered_map<uuid, pending, hash>;

    pending_by_id open_;
    std::vector<pending_by_id::node_type> spare_;  // of requests that ended: their memory serves the next ones
    std::uint64_t ends_ = 0;
    std::uint64_t segment_ = 0;
};

}  // namespace ferry::usage
