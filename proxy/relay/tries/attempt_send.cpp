// How a try sends its request.
#include "base/ending_faults.hpp"
#include "provider/provider.hpp"
#include "relay/exchange/patient_write.hpp"
#include "relay/tries/attempt.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_file_piece = 128u << 10, most_file_pieces = 2;

}  // namespace

// All that is done before the first byte leaves.
net::gather_list attempt::begin_send() {
    const auto& timeouts = x_.settings->relay;
    answer_limits limits;
    limits.first_byte = to_.limits.first_byte.value_or(timeouts.first_byte);
    limits.idle = to_.limits.idle.value_or(timeouts.idle);
    // A row that sets its own limit means it.
    if (!to_.limits.first_byte) limits.kept_alive = to_.speaks->kept_alive;
    // Comments for ever are no answer either while another has one.
    if (x_.patience && beside_ == nullptr) limits.first_byte = *x_.patience, limits.kept_alive = milliseconds(0);
    limits.total_until = x_.total_until;
    if (to_.limits.total) limits.total_until = std::min(limits.total_until, x_.asked_at + *to_.limits.total);
    auto& pass = beside_ == nullptr ? x_.pass : beside_->pass;
    clock_.emplace(x_.core.wheel, *waiting_, limits, &pass, beside_ == nullptr ? x_.other : nullptr);
    lease_->reader.reset();
    result_.was_sent = true;
    if (x_.before_us < 0 && beside_ == nullptr) x_.before_us = us_between(x_.started, x_.moment) - x_.waited_us;
    net::gather_list gather;
    const auto most = x_.body.file() == nullptr ? std::string_view::npos : most_file_piece;
    for (auto one : plan_.pieces()) {
        for (; one.size() > most; one.remove_prefix(most)) gather.push_back(net::piece(one.substr(0, most)));
        gather.push_back(net::piece(one));
    }
    return gather;
}

// A provider may answer, say with 413, before it has read the whole request: then the rest is not sent, and the answer
// is read. A failed write is not yet a failed try for the same reason. What else comes meanwhile (session tickets of
// TLS 1.3, which follow the handshake one round trip later, interim answers) is read and changes nothing.
asio::awaitable<std::optional<fault>> attempt::send_rest(std::span<iovec> rest) {
    const auto patience = to_.limits.idle.value_or(x_.settings->relay.idle);
    auto& stream = *lease_->stream;
    for (bool goes_on = true; goes_on && !rest.empty();) {
        if (must_give_way()) co_return another_was_first();
        const auto early = take_early();
        if (!early) co_return early.error();
        if (*early) break;
        bool readable = false;
        stream.watch([&stream, &readable] {
            readable = true;
            stream.interrupt();
        });
        auto some = part_of(rest);
        const auto behind = rest.subspan(some.size());
        const auto written = co_await write_patiently(x_.core.wheel, *waiting_, stream, some, patience);
        stream.unwatch();
        const bool is_sent = some.empty();
        rest = rest.subspan(rest.size() - behind.size() - some.size());
        note_sent(rest);
        goes_on = readable || is_sent;
        result_.bytes_up += static_cast<std::int64_t>(written.io.bytes);
        if (readable) {
            stream.resume();
        } else if (written.stalled) {
            co_return fault::upstream(fault_code::upstream_timeout, retry_advice::next_candidate,
                                      "The upstream stopped reading the request.",
                                      "It took nothing for longer than timeouts.idle, or idle_timeout_ms of the row.");
        } else if (written.io.status == net::io_status::interrupted) {
            co_return why_no_bytes(written.io);
        }
    }
    sent_whole_ = rest.empty();
    co_return std::nullopt;
}

// Of a body in a file a quarter of a mebibyte goes out at once, and the memory it was read into is given back.
std::span<iovec> attempt::part_of(std::span<iovec> rest) const {
    return x_.body.file() == nullptr ? rest : rest.first(std::min(rest.size(), most_file_pieces));
}

void attempt::note_sent(std::span<iovec> rest) const {
    if (auto* file = x_.body.file()) {
        const auto* const all = file->view().data() + file->size();
        file->give_back_before(rest.empty() ? all : static_cast<const char*>(rest.front().iov_base));
    }
}

// What has come before the request was sent. True: there is nothing to be gained by sending more of it, for the answer
// has begun or the upstream has gone.
result<bool> attempt::take_early() {
    auto& c = *lease_.operator->();
    for (;;) {
        const auto complete = take_head();
        if (!complete || *complete) return complete;
        const std::span<char> into(c.buffer.data() + c.end, c.buffer.size() - c.end);
        const auto got = c.stream->try_read(into);
        if (got.status == net::io_status::would_block) return false;
        if (got.status != net::io_status::ok) return true;
        end_read(got);
    }
}

}  // namespace ferry::relay
