#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "io/timer_heap.hpp"
#include "upstream/answer.hpp"
#include "upstream/ledger.hpp"
#include "upstream/sha256.hpp"

namespace ferry::bench {

// What the session does after produce(): write what there is and call again, write and wait until wake(), or write and
// then end in one of four ways.
enum class delivery_step { write, wait, finished, cut, reset, stall };

// One answer on its way out: paces it, frames it, stops it where the action says, and knows how much of it has left.
// Owned by: a session. Does no I/O.
class delivery {
public:
    // `entry` may be null (nothing is recorded).
    delivery(answer a, std::shared_ptr<ledger_entry> entry, bool hashes, steady::time_point now);

    delivery_step produce(std::string& out, steady::time_point now);
    steady::time_point wake() const { return due_; }
    // So many more bytes were taken by the socket; returns how many events became whole by that.
    std::size_t sent(std::size_t bytes);
    // How many of the bytes still to be sent may go into the next write.
    std::size_t next_write(std::size_t pending) const;
    bool is_split() const;

    const answer& what() const { return answer_; }
    ledger_entry* entry() const { return entry_.get(); }
    outcome take_outcome();  // everything but the times and the end

private:
    struct mark {  // what is known once the byte before `wire_end` has left
        std::uint64_t wire_end;
        bool is_event;
        std::int64_t completion_tokens;
    };
    struct limit {
        std::int64_t at = -1;
        delivery_step then = delivery_step::cut;
    };

    bool put_head(std::string& out);
    bool put_piece(std::string& out);
    void put_end(std::string& out);
    void hash(std::string_view bytes);

    answer answer_;
    std::shared_ptr<ledger_entry> entry_;
    limit limit_;
    steady::time_point due_;
    bool head_is_out_ = false;
    bool has_piece_ = false;
    piece piece_;
    std::uint64_t wire_made_ = 0;
    std::uint64_t wire_sent_ = 0;
    std::deque<mark> marks_;
    outcome outcome_;
    std::optional<sha256> digest_;
};

}  // namespace ferry::bench
