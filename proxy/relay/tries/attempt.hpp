// One try at one candidate: a connection, the request sent, the head of the answer.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <span>

#include "base/fault.hpp"
#include "net/content_expansion.hpp"
#include "openai/dialect.hpp"
#include "relay/exchange/request.hpp"
#include "relay/request/plan.hpp"
#include "relay/tries/answer_clock.hpp"
#include "relay/tries/retry_policy.hpp"
#include "upstream/pool.hpp"

namespace ferry::relay {

// What the row of a try says that lost against a second one, or was that.
inline constexpr std::string_view overtaken_code = "hedge_lost";

// Owned by the relay of one request; lives on its core. It holds the lease: its end closes the connection or returns
// it to the pool. Ended from outside through x.waiting.
class attempt {
public:
    // Of a try beside the one that is asked: what waits for it, and by what it may ask. Nothing of the request is its
    // own then, until it steps forward.
    struct side {
        net::interrupt_slot waiting;
        circuits::pass pass;
        row_slots::slot slot;
    };

    // `beside`: null for the one that is asked. Outlives the attempt.
    attempt(request& x, const catalog::candidate& to, provider::repair_set repairs = {}, side* beside = nullptr);
    attempt(const attempt&) = delete;
    attempt& operator=(const attempt&) = delete;

    // Journals the try, connects (or takes an idle connection unless `fresh`), sends, reads the head. On success
    // head() is the final (not 1xx) head of the answer, of any status.
    boost::asio::awaitable<std::optional<fault>> ask(bool fresh);

    const catalog::candidate& to() const { return to_; }
    bool has_head() const { return has_head_; }
    const net::http_head& head() const { return lease_->reader.head(); }
    failed_try failure() const { return failed_; }
    // What the answer says the request must do without.
    provider::repair_set refused() const { return refused_; }
    void note_refused(provider::repair_set refused) { refused_ = refused; }
    // It is now the one that is asked, whatever it has. REQUIRES: nobody waits for it.
    void step_forward();
    // Another is about to: what this one waits for ends, and all that it would wait for.
    void be_overtaken();
    answer_clock& clock() { return *clock_; }
    bool has_expired() const { return clock_ && clock_->expired() != answer_clock::which::none; }

    // Reads more of the answer, or lets others have their turn where there is more of what was read already. Empty
    // room, an end or an error are told by the status.
    boost::asio::awaitable<net::io_result> read_more();
    // What has come already, without waiting.
    void read_available();
    // Reads on after a read was ended from this side.
    void resume() { lease_->stream->resume(); }
    // Decodes what lies unread, and undoes its content coding if it has one: nobody behind this knows of codings. The
    // views are good until the next read_more() that moves the buffer (make_room()). What was good before a fault is in
    // `payload`.
    std::optional<fault> decode(piece_list& payload);
    // Shows it the payload that has come and was not given out; nothing is consumed.
    std::optional<fault> look_ahead(openai::dialect_finder& into);
    // The same: good until more is read.
    std::optional<fault> look_ahead(piece_list& into);
    // Nothing more will come; some may still lie there to be decoded.
    bool has_all() const;
    // And nothing lies there.
    bool body_done() const { return has_all() && ahead_.empty(); }
    bool ends_with_connection() const;
    // What the payload will have, where that is known beforehand.
    std::optional<std::uint64_t> body_length() const;
    bool buffer_is_full() const;
    // Bytes that undoing a content coding takes, beyond the buffers that every connection has.
    std::size_t held() const { return expansion_ ? expansion_->memory() : 0; }
    // Forgets what was decoded, so that the buffer can be read into again; the head stays where it is.
    void make_room();

    // The try is over: notes its result for the usage row, with what the provider said if it failed. Once.
    void finish(std::string_view error_code, std::string_view message = {});
    // The answer was read to its end: gives the connection back if it may be used again. Else it is closed.
    void release();

    // When the last read returned: what Ferry does after it is its own time.
    steady::time_point last_read() const { return last_read_; }

    // The fault behind a read that brought nothing: a deadline, a cut, the client, a shutdown.
    fault why_no_bytes(const net::io_result& got) const;

private:
    boost::asio::awaitable<std::optional<fault>> connect();
    net::gather_list begin_send();
    boost::asio::awaitable<std::optional<fault>> send_rest(std::span<iovec> rest);
    std::span<iovec> part_of(std::span<iovec> rest) const;
    void note_sent(std::span<iovec> rest) const;
    boost::asio::awaitable<std::optional<fault>> read_head();
    result<bool> take_early();
    result<bool> take_head();
    std::optional<fault> decode_coded(piece_list& payload);
    std::span<char> begin_read();
    void end_read(const net::io_result& got);
    void journal_try();
    void note_answer_head();
    void be_the_one_asked();
    bool must_give_way() const { return x_.is_overtaken && beside_ == nullptr; }
    void show_answer_head();

    request& x_;
    const catalog::candidate& to_;
    net::interrupt_slot* waiting_;
    side* beside_;  // null: it is the one that is asked
    request_plan plan_;
    upstream::lease lease_;
    std::optional<answer_clock> clock_;
    piece_list ahead_;                                   // decoded by look_ahead(), and not yet given out
    std::unique_ptr<net::content_expansion> expansion_;  // none for an answer without a content coding, as most are
    failed_try failed_;
    provider::repair_set refused_;
    usage::attempt_result result_;
    steady::time_point started_, sent_at_{}, last_read_{};
    std::size_t head_end_ = 0;  // the head, whose views must hold, lies before it in the buffer
    int interim_answers_ = 0;
    bool sent_whole_ = true;
    bool has_head_ = false;
    bool finished_ = false;
};

}  // namespace ferry::relay
