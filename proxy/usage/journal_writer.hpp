#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>

#include "base/fault.hpp"
#include "usage/lane.hpp"
#include "usage/record_format.hpp"
#include "usage/records.hpp"

namespace ferry::usage {

class journal_writer;
struct open_slot;

// The promise that a request which was begun will be ended: move-only, one pointer.
// Owned by: the request's exchange. Lives on: the core of its writer. REQUIRES: destroyed or ended before the journal.
// Destroyed without end(), it settles itself as basis `interrupted`, end_reason `shutdown`, status 0: whatever path a
// request leaves by, it has exactly one row.
class open_request {
public:
    open_request() = default;
    open_request(open_request&& other) noexcept : slot_(std::exchange(other.slot_, nullptr)) {}
    open_request& operator=(open_request&& other) noexcept;
    ~open_request();

    explicit operator bool() const { return slot_ != nullptr; }

private:
    friend class journal_writer;
    explicit open_request(open_slot* slot) : slot_(slot) {}
    open_slot* slot_ = nullptr;
};

// What a rotation repeats of a request that is still open.
struct open_slot {
    journal_writer* writer = nullptr;
    uuid id;
    std::int64_t started_at_us = 0;
    std::string frames;        // the begin and attempt payloads, each behind its length (4 bytes)
    std::uint64_t framed = 0;  // bytes they take in a segment
    bool is_open = false;
    open_slot* next = nullptr;      // among the open ones, or the free ones
    open_slot* previous = nullptr;  // among the open ones
};

// One core's end of the journal: appends records to the core's segment, in memory, without locks or system calls.
// Owned by: journal. Lives on: its core; close() runs when the core has stopped.
// A record is in the page cache when the call returns, and so survives kill -9.
class journal_writer {
public:
    using post_function = std::function<void(std::function<void()>)>;

    journal_writer(lane& shared, std::function<void()> wake_journal);
    journal_writer(const journal_writer&) = delete;
    journal_writer& operator=(const journal_writer&) = delete;

    // Room for the attempts and the end of every open request is set aside before a new one is let in. Faults, with
    // which nothing is written: journal_full (journal_max_bytes, or the disk), journal_failed (files cannot be made; or
    // somebody waits for when_durable(), and nothing becomes durable), shutting_down after close(); and overloaded
    // where the next segment is only late: then is_late() is true, and it is worth trying again after when_room().
    result<open_request> begin(const begin_record& record);
    bool is_late() const { return is_late_; }

    // Posts the callback once the next segment is there, or will not come. Takes a lock, shortly.
    void when_room(std::function<void()> callback);

    // REQUIRES: `request` is open. Where even the room set aside is used up (a full journal, and a request on its
    // fourth try or later), the record is only kept in memory until the next rotation; status() counts that.
    void attempt(open_request& request, const attempt_record& record);

    // A part of the request's turn, at most max_part_bytes. False, and nothing was written, where there is no room now
    // beside what is set aside for the ends of requests: it is worth trying again after when_room().
    bool part(open_request& request, const turn_part& record);

    // Settles the request; the handle is empty afterwards. Always finds room. Does nothing on an empty handle.
    void end(open_request& request, const end_record& record);

    // Bytes appended since the start: all that was written so far is durable when this position is.
    std::uint64_t position() const { return position_; }

    // How callbacks get back onto this core. Without it they run on the journal thread. Set before the first use.
    void set_post(post_function post);

    // Posts callback(true) once everything up to `position` is on the disk or, where the store was faster or a sync
    // failed, the requests that have ended by then are in the store; callback(false) if that will not come to pass: it
    // was lost, or the journal is closed. It may take as long as the disk is stuck and the store away: who waits has a
    // deadline of his own. Calls in one wake-up of the journal thread share one sync (group commit). Takes a lock,
    // shortly.
    void when_durable(std::uint64_t position, std::function<void(bool)> callback);

    // Goes on in the next segment if the current one is not worth going on with.
    void move_on();

    std::size_t open_requests() const { return open_count_; }

    // Settles what is still open (interrupted, shutdown), seals the segment. Nothing is written afterwards.
    void close();

private:
    friend class open_request;

    fault why_refused();
    bool must_move_on() const;
    bool make_room(std::uint64_t payload_bytes, std::uint64_t set_aside);
    bool rotate(std::uint64_t needed);
    void repeat_open_requests();
    void append(std::string_view payload);
    void publish();
    void remember(open_slot& slot, std::string_view payload);
    open_slot* take_slot();
    void give_back(open_slot* slot);
    void abandon(open_slot* slot);

    lane& lane_;
    std::function<void()> wake_journal_;
    segment* current_;
    std::uint64_t position_ = 0;
    std::uint64_t open_bytes_ = 0;  // framed bytes of all open requests
    std::size_t open_count_ = 0;
    open_slot* open_ = nullptr;
    open_slot* free_ = nullptr;
    std::deque<open_slot> slots_;
    record_buffer scratch_;
    bool closed_ = false;
    bool is_late_ = false;
};

}  // namespace ferry::usage
