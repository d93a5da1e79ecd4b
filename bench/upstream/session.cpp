#include "upstream/session.hpp"

#include <sys/epoll.h>

#include <chrono>

#include "upstream/server.hpp"

namespace ferry::bench {
namespace {

constexpr int most_reads = 16;               // in a row, so that what was read is taken before it piles up
constexpr std::size_t read_ahead = 1 << 20;  // bytes kept of what follows the request being answered
constexpr auto control_poll = std::chrono::milliseconds(2);
constexpr auto reset_poll = std::chrono::milliseconds(1);
constexpr int most_reset_polls = 200;

}  // namespace

session::session(int fd, const network& way, owner& o)
    : owner_(o),
      way_(way),
      transport_(fd, o.shared().tls.get(), way.tickets_after.count() > 0),
      reception_(o.shared(), transport_),
      interest_(EPOLLIN | EPOLLRDHUP) {
    bump(owner_.shared().counters.accepted);
    bump(owner_.shared().counters.open_connections);
    owner_.loop().watch(fd, *this, interest_);
}

session::~session() {
    if (delivery_) settle("server_stopped");
    owner_.loop().timers().cancel(late_);
    owner_.loop().timers().cancel(*this);
}

void session::on_ready(std::uint32_t events) {
    if (over_) return;
    const bool reads = interest_ & EPOLLIN;
    if (!reads && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))) {
        return peer_gone(events & EPOLLERR);
    }
    if (reads && (events & ~static_cast<std::uint32_t>(EPOLLOUT)) && !receive()) return;
    drive();
}

void session::on_timer() {
    if (over_) return;
    paused_ = false;
    if (closes_when_idle_ && !delivery_) return end();
    drive();
}

bool session::receive() {
    for (int i = 0; i < most_reads; ++i) {
        const auto got = transport_.read(owner_.scratch(), owner::scratch_size);
        note_handshake();
        switch (got.state) {
            case io_state::blocked:
                return true;
            case io_state::closed:
                peer_gone(false);
                return false;
            case io_state::failed:
                peer_gone(true);
                return false;
            case io_state::ok:
                in_.append(owner_.scratch(), got.bytes);
        }
        // epoll tells of what a socket still holds, but not of what lies decrypted inside TLS: read until it blocks. A
        // read takes a whole record, so that nothing lies there between two of them.
        if (!transport_.is_tls()) return true;
    }
    return true;
}

void session::start(const request& r) {
    large_ = std::make_unique<large_body>(r, owner_.shared().options.sha256);
}

void session::take(std::string_view bytes) {
    large_->take(bytes);
}

void session::note_handshake() {
    if (handshake_noted_ || !transport_.handshake_done()) return;
    handshake_noted_ = true;
    bump(owner_.shared().counters.tls_handshakes);
    if (transport_.resumed()) bump(owner_.shared().counters.tls_resumed);
    if (way_.tickets_after.count() == 0) return;
    tickets_due_ = steady::now() + way_.tickets_after;
    set_late_timer();
}

void session::drive() {
    while (!over_ && !paused_ && !stalled_ && flush()) {
        if (delivery_ && last_step_ >= delivery_step::finished) {
            conclude();
            if (delivery_) break;
            continue;
        }
        if (!delivery_ && !begin()) break;
        last_step_ = delivery_->produce(out_, steady::now());
        if (last_step_ != delivery_step::wait) continue;
        if (flush()) owner_.loop().timers().set(*this, delivery_->wake());
        break;
    }
    if (!over_) set_interest();
}

void session::set_interest() {
    std::uint32_t wanted = EPOLLRDHUP;
    if (!delivery_ || in_.size() < read_ahead) wanted |= EPOLLIN;
    if (transport_.wants_write()) wanted |= EPOLLOUT;
    if (wanted == interest_) return;
    interest_ = wanted;
    owner_.loop().change(transport_.fd(), *this, wanted);
}

bool session::flush() {
    while (out_at_ < out_.size()) {
        const auto pending = out_.size() - out_at_;
        const auto room = delivery_ ? delivery_->next_write(pending) : pending;
        const auto put = transport_.write({out_.data() + out_at_, room});
        if (put.state == io_state::blocked) return false;
        if (put.state != io_state::ok) {
            peer_gone(true);
            return false;
        }
        out_at_ += put.bytes;
        if (!delivery_) continue;
        const auto events = delivery_->sent(put.bytes);
        if (events && !is_control_) bump(owner_.shared().counters.events, events);
        const auto pause = delivery_->what().what->split_pause;
        if (pause.count() > 0 && delivery_->is_split() && out_at_ < out_.size()) {
            paused_ = true;
            owner_.loop().timers().set(*this, steady::now() + pause);
            return false;
        }
    }
    out_.clear();
    out_at_ = 0;
    return true;
}

bool session::begin() {
    if (in_.empty()) return false;
    switch (reader_.read(in_)) {
        case read_state::more:
            in_.erase(0, reader_.consumed());
            if (continued_ || interim_due_ || !reader_.has_head()) return false;
            if (way_.interim_after.count() == 0 && !reader_.wants_continue()) return false;
            interim_due_ = steady::now() + way_.interim_after;
            way_.interim_after.count() > 0 ? set_late_timer() : send_late();
            return false;
        case read_state::bad:
            delivery_.emplace(reception_.refuse(in_, reader_.problem()));
            in_.clear();
            reader_.clear();
            large_.reset();
            return true;
        case read_state::complete:
            break;
    }
    closes_when_idle_ = false;
    owner_.loop().timers().cancel(*this);
    if (is_control(reader_.found().path)) {
        if (!begin_control(reader_.found())) return false;
    } else {
        end_control();
        delivery_.emplace(reception_.take(reader_.found(), large_.get()));
    }
    in_.erase(0, reader_.consumed());
    reader_.clear();
    large_.reset();
    continued_ = false;
    interim_due_.reset();
    return true;
}

void session::set_late_timer() {
    auto next = tickets_due_;
    if (interim_due_ && (!next || *interim_due_ < *next)) next = interim_due_;
    if (next) owner_.loop().timers().set(late_, *next);
}

void session::send_late() {
    if (over_) return;
    const auto now = steady::now();
    if (tickets_due_ && *tickets_due_ <= now) {
        tickets_due_.reset();
        transport_.send_tickets();
    }
    if (interim_due_ && *interim_due_ <= now) {
        interim_due_.reset();
        continued_ = true;
        out_ += "HTTP/1.1 100 Continue\r\n\r\n";
        if (!flush() && over_) return;
        set_interest();
    }
    set_late_timer();
}

bool session::begin_control(const request& r) {
    auto& shared = owner_.shared();
    if (!std::exchange(is_control_, true)) {
        drop(shared.counters.accepted);
        drop(shared.counters.open_connections);
    }
    const auto now = steady::now();
    if (!control_since_) control_since_ = now;
    auto reply = shared.commands.answer(r, *control_since_);
    if (!reply) {
        owner_.loop().timers().set(*this, now + control_poll);
        return false;
    }
    control_since_.reset();
    delivery_.emplace(make_plain_answer(reply->status, reply->content_type, std::move(reply->body), !r.keep_alive),
                      nullptr, false, now);
    return true;
}

// A client that keeps one connection for both: from here on it is one like any other.
void session::end_control() {
    if (!std::exchange(is_control_, false)) return;
    bump(owner_.shared().counters.accepted, 1);
    bump(owner_.shared().counters.open_connections, 1);
}

void session::conclude() {
    switch (last_step_) {
        case delivery_step::finished:
            return answered();
        case delivery_step::stall:
            stalled_ = true;
            return;
        case delivery_step::reset:
            // A reset throws away what the peer has not been sent yet, and the script said after which byte.
            if (transport_.unsent() > 0 && resets_tried_++ < most_reset_polls) {
                owner_.loop().timers().set(*this, steady::now() + reset_poll);
                return;
            }
            settle("reset");
            transport_.reset();
            return end();
        default:
            settle("cut");
            return end();
    }
}

void session::answered() {
    const bool closes = delivery_->what().closes;
    const auto what = delivery_->what().what;
    settle("completed");
    if (closes || what->close_silently) {
        transport_.announce_close();
        return end();
    }
    if (!what->idle_close) return;
    closes_when_idle_ = true;
    owner_.loop().timers().set(*this, steady::now() + *what->idle_close);
}

void session::settle(std::string_view how, bool by_reset) {
    if (!is_control_) reception_.settle(*delivery_, how, by_reset);
    delivery_.reset();
}

void session::peer_gone(bool by_reset) {
    if (delivery_) {
        settle("client_gone", by_reset);
    } else if (reader_.is_large()) {
        reception_.record_part(reader_.found(), *large_, by_reset);
    } else if (!in_.empty() && !is_control_) {
        reception_.record_fragment(in_, by_reset);
    }
    end();
}

void session::end() {
    if (std::exchange(over_, true)) return;
    owner_.loop().timers().cancel(*this);
    owner_.loop().timers().cancel(late_);
    transport_.close();
    if (!is_control_) drop(owner_.shared().counters.open_connections);
    owner_.remove(*this);
}

}  // namespace ferry::bench
