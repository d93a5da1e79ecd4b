#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "usage/row_buffer.hpp"
#include "usage/turn.hpp"

namespace ferry::usage {

// What goes into the store together. Owned by: shipper. Lives on: its thread.
// The attempts of rows[i] are attempts[attempts_end[i - 1] .. attempts_end[i]).
struct batch {
    row_buffer<store::usage_row> rows;
    row_buffer<store::attempt_row> attempts;
    std::vector<std::size_t> attempts_end;
    std::vector<bool> is_dead;              // rows[i] was refused by the store and stands in the dead-letter file
    std::vector<store::usage_row> orphans;  // ends whose begin is damaged: rows without key, time and model
    std::vector<turn> turns;                // of the rows, what some of them leave in conversations
    std::size_t turn_bytes = 0;             // that they take in memory
    std::uint64_t interrupted = 0;          // of the rows, those made of a begin without an end

    // Turns are not counted in rows: some are megabytes.
    static constexpr std::size_t most_turn_bytes = 8u << 20;
    bool is_full(std::size_t most_rows) const { return rows.size() >= most_rows || turn_bytes >= most_turn_bytes; }

    bool empty() const { return rows.empty() && orphans.empty(); }
    std::size_t first_attempt_of(std::size_t row) const { return row == 0 ? 0 : attempts_end[row - 1]; }
    // Closes the row that was pushed last: its attempts are all there.
    void finish_row() {
        attempts_end.push_back(attempts.size());
        is_dead.push_back(false);
    }
    // Keeps its memory for the next rows.
    void clear() {
        rows.clear();
        attempts.clear();
        attempts_end.clear();
        is_dead.clear();
        orphans.clear();
        turns.clear();
        turn_bytes = 0;
        interrupted = 0;
    }
};

}  // namespace ferry::usage
