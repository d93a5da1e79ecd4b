#include "load/connection.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

namespace ferry::bench {
namespace {

constexpr std::size_t most_body = std::size_t(256) << 20;
constexpr std::size_t most_of_error = 4096;
constexpr std::size_t kept_buffer = 64 * 1024;  // a larger one is given back

void empty(std::string& buffer) {
    if (buffer.capacity() > kept_buffer) std::string().swap(buffer);
    buffer.clear();
}

}  // namespace

void client_connection::send(planned_request plan, const request_terms& terms) {
    plan_ = std::move(plan);
    terms_ = terms;
    busy_ = true;
    got_bytes_ = sent_again_ = saw_last_ = saw_event_ = is_event_stream_ = false;
    event_error_.clear();
    reader_.clear();
    events_.clear();
    result_ = {};
    result_.due = terms.due;
    result_.is_measured = terms.is_measured;
    result_.input_tokens = plan_.input_tokens;
    result_.model = plan_.model;

    char length[24];
    const auto end = std::to_chars(length, length + sizeof length, plan_.body.size()).ptr;
    out_ = owner_.target().head(plan_.key);
    out_.append(length, end).append("\r\n\r\n").append(plan_.body);
    std::string().swap(plan_.body);
    out_at_ = 0;
    reused_ = is_open();
    if (reused_) {
        ++owner_.counts().reused;
        flush();
        begun_ = busy_ && result_.sent != steady::time_point() ? result_.sent : steady::now();
    } else {
        connect();
        begun_ = steady::now();
    }
    if (terms.is_measured && busy_)
        owner_.counts().send_lag.record(
            static_cast<std::uint64_t>(std::max<nanoseconds::rep>(0, (begun_ - terms.meant).count())));
}

void client_connection::connect() {
    const int fd = begin_connect(owner_.target().where());
    if (fd < 0) return fail("connect_failed", std::strerror(errno));
    ++owner_.counts().opened;
    transport_.emplace(fd, owner_.target().tls(), peer_name{owner_.target().url().host});
    connecting_ = true;
    interest_ = EPOLLOUT;
    owner_.loop().watch(fd, *this, interest_);
}

void client_connection::close() {
    transport_.reset();
    connecting_ = false;
}

void client_connection::set_interest() {
    const std::uint32_t wanted = transport_->wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN;
    if (wanted == interest_) return;
    interest_ = wanted;
    owner_.loop().change(transport_->fd(), *this, wanted);
}

bool client_connection::flush() {
    while (out_at_ < out_.size()) {
        const auto put = transport_->write(std::string_view(out_).substr(out_at_));
        if (put.state == io_state::failed || put.state == io_state::closed) {
            ended_by_peer(true);
            return false;
        }
        if (put.state == io_state::blocked) break;
        out_at_ += put.bytes;
        owner_.counts().bytes_sent += put.bytes;
    }
    if (out_at_ == out_.size()) result_.sent = steady::now();
    set_interest();
    return true;
}

void client_connection::on_ready(std::uint32_t events) {
    if (!transport_) return;
    if (connecting_) {
        const int error = connect_error(transport_->fd());
        if (error != 0) return fail("connect_failed", std::strerror(error));
        if (!(events & EPOLLOUT)) return;
        connecting_ = false;
        flush();
        return;
    }
    if (busy_ && out_at_ < out_.size() && !flush()) return;
    if ((events & ~static_cast<std::uint32_t>(EPOLLOUT))) receive();
}

void client_connection::receive() {
    // epoll tells of what a socket still holds, but not of what lies decrypted inside TLS.
    do {
        now_ = steady::now();  // what is read was there before it is read, which takes a while itself
        if (!take(transport_->read(owner_.scratch(), owner::scratch_size))) return;
    } while (transport_->is_tls());
}

bool client_connection::take(io_result got) {
    if (got.state == io_state::blocked) {
        set_interest();
        return false;
    }
    if (!busy_) {
        close();
        owner_.closed_idle(*this);
        return false;
    }
    if (got.state != io_state::ok) {
        ended_by_peer(got.state == io_state::failed);
        return false;
    }
    auto& counts = owner_.counts();
    counts.bytes_received += got.bytes;
    if (terms_.is_measured) {
        const auto lag = now_ - owner_.loop().ready_since();
        counts.receive_lag.record(static_cast<std::uint64_t>(std::max<nanoseconds::rep>(0, lag.count())));
    }
    got_bytes_ = true;
    const auto state = reader_.read({owner_.scratch(), got.bytes});
    if (state == answer_state::bad) {
        fail("bad_http", std::string(reader_.problem()));
        return false;
    }
    const bool is_enough = terms_.is_first_only && result_.chunks > 0;
    if (state == answer_state::more && !is_enough) return true;
    if (is_enough || !reader_.keeps_alive()) close();
    if (!is_enough) judge();
    conclude();
    return false;
}

void client_connection::ended_by_peer(bool by_reset) {
    const std::string why = transport_->problem();
    const bool is_tls_failure = transport_->is_tls() && !transport_->handshake_done();
    close();
    if (is_tls_failure) return fail("tls_failed", why);
    // A server may end an idle connection at any time; that is no fault of it, and the request was not seen.
    if (reused_ && !got_bytes_ && !sent_again_) {
        sent_again_ = true;
        reused_ = false;
        out_at_ = 0;
        ++owner_.counts().stale;
        return connect();
    }
    now_ = steady::now();
    if (!by_reset && reader_.closed() == answer_state::complete) {
        judge();
        return conclude();
    }
    const bool is_in_stream = is_event_stream_ && got_bytes_;
    const std::string what = by_reset ? why : std::string(reader_.problem());
    fail(is_in_stream ? "stream_cut" : by_reset ? "connection_reset" : "connection_closed", what);
}

void client_connection::take_head(int status, bool is_event_stream) {
    result_.status = status;
    is_event_stream_ = is_event_stream && status < 300;
    body_.clear();
    empty(out_);
    out_at_ = 0;
}

void client_connection::take_body(std::string_view bytes) {
    if (is_event_stream_) return events_.read(bytes, *this);
    const auto most = result_.status < 300 ? most_body : most_of_error;
    body_ += bytes.substr(0, most - std::min(most, body_.size()));
}

void client_connection::take_event(std::string_view data) {
    const auto facts = facts_of_event(owner_.operation(), data);
    saw_event_ |= facts.is_known;
    saw_last_ |= facts.is_last;
    if (facts.usage) result_.usage = facts.usage;
    if (!facts.error.empty() && event_error_.empty()) event_error_ = facts.error;
    if (!facts.has_content) return;
    if (plan_.session != no_session && !plan_.last_of_session) append_text(facts.text, result_.text);
    auto& counts = owner_.counts();
    counts.note_token(true);
    if (result_.chunks++ == 0) {
        result_.first_content = now_;
        counts.note_ttft(now_ - terms_.due, terms_.is_measured);
    } else {
        counts.note_itl(now_ - result_.last_content, terms_.is_measured);
    }
    result_.last_content = now_;
}

void client_connection::judge_stream() {
    events_.finish(*this);
    if (!event_error_.empty()) {
        result_.error = "error_event";
        result_.example = event_error_;
    } else if (!saw_event_) {
        result_.error = "empty_stream";
        result_.example = "the stream ended without any event of this operation";
    } else if (!saw_last_) {
        result_.error = "stream_cut";
        result_.example = "the stream ended properly framed, but without [DONE], a finish reason or a last event";
    }
}

void client_connection::judge() {
    if (result_.status < 200 || result_.status > 299) {
        result_.error = "http_" + std::to_string(result_.status);
        result_.example = body_;
        return;
    }
    if (is_event_stream_) return judge_stream();
    if (owner_.is_streamed()) {
        result_.error = "not_a_stream";
        result_.example = body_;
        return;
    }
    const auto facts = facts_of_answer(owner_.operation(), body_);
    result_.usage = facts.usage;
    if (plan_.session != no_session && !plan_.last_of_session) append_text(facts.text, result_.text);
    if (!facts.is_known) {
        result_.error = facts.error.empty() ? "not_an_answer" : "error_answer";
        result_.example = facts.error.empty() ? body_.substr(0, most_of_error) : std::string(facts.error);
    }
}

void client_connection::fail(const std::string& error, const std::string& why) {
    close();
    result_.error = error;
    result_.example = why;
    now_ = steady::now();
    conclude();
}

void client_connection::give_up(const std::string& error, const std::string& why) {
    fail(error, why);
}

void client_connection::conclude() {
    result_.ended = now_;
    busy_ = false;
    empty(body_);
    owner_.finished(*this);
}

}  // namespace ferry::bench
