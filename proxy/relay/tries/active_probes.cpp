#include "relay/tries/active_probes.hpp"

#include <algorithm>
#include <utility>

#include "base/text_buffer.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_looks = 16;  // at once
constexpr auto look_patience = milliseconds(5'000);

text_buffer models_request(const catalog::candidate& row) {
    text_buffer head(512);
    head.add("GET ").add(row.where.base).add("/models").add(row.where.query).add(" HTTP/1.1\r\nhost: ");
    head.add(row.where.host_header).add("\r\naccept-encoding: identity\r\nconnection: close\r\n");
    const auto line = [&head](const catalog::header& one) {
        head.add(one.name).add(": ").add(one.value.reveal()).add("\r\n");
    };
    if (row.credentials) line(*row.credentials);
    std::for_each(row.extra_headers.begin(), row.extra_headers.end(), line);
    head.add("\r\n");
    return head;
}

look_outcome outcome_of(int status) {
    if (status == 401 || status == 402 || status == 403 || status == 429) return look_outcome::refused;
    return status < 500 ? look_outcome::well : look_outcome::failed;
}

}  // namespace

void active_probes::tick() {
    const auto& rules = core_.settings->relay.circuit;
    if (rules.probe == circuit_probe::off || core_.breakers.is_empty() || core_.phase != run_phase::serving) return;
    if (!core_.current.models || under_way_.size() >= most_looks) return;
    for (const auto row : core_.breakers.due_looks(most_looks - under_way_.size(), steady::now())) {
        // What it tells is of all circuits of the row.
        const bool is_asked = std::any_of(under_way_.begin(), under_way_.end(),
                                          [row](const look_under_way* one) { return one->row_id == row; });
        if (!is_asked) spawn_(look(core_.current, row));
    }
}

void active_probes::stop() {
    for (auto* one : under_way_) one->slot.interrupt();
}

asio::awaitable<void> active_probes::look(access::snapshot pinned, std::int64_t row_id) {
    const auto* row = pinned.models->find_row(row_id);
    if (row == nullptr) co_return;
    look_under_way mine(*this, row_id);
    const auto found = co_await ask(*row, mine.slot);
    if (found) core_.breakers.looked(*row, *found, steady::now());
}

// Nothing: Ferry itself has no socket, or stops.
asio::awaitable<std::optional<look_outcome>> active_probes::ask(const catalog::candidate& row,
                                                                net::interrupt_slot& slot) {
    const auto until = steady::now() + row.limits.connect.value_or(core_.settings->connect);
    auto connected = co_await core_.pool.connect(row.where, until, slot);
    if (!connected) {
        if (slot.interrupted() || connected.error().source != fault_source::upstream) co_return std::nullopt;
        co_return look_outcome::unreachable;
    }
    upstream::lease lease = std::move(*connected);
    const auto found = co_await ask_on(*lease.operator->(), row, slot);
    if (slot.interrupted()) co_return std::nullopt;
    co_return found;
}

// The status is enough: nothing more of the answer is read.
asio::awaitable<look_outcome> active_probes::ask_on(upstream::connection& c, const catalog::candidate& row,
                                                    net::interrupt_slot& slot) {
    net::deadline limit(core_.wheel);
    limit.on_expiry([&slot] { slot.poke(); });
    limit.arm(steady::now() + look_patience);
    const net::interrupt_slot::holder waiting(slot, *c.stream);
    const auto head = models_request(row);
    iovec piece = net::piece(head);
    co_await c.stream->write_all(std::span(&piece, 1));  // if it fails, an answer may have come all the same
    c.reader.reset();
    for (;;) {
        const auto progress = c.reader.read_head(c.unread());
        if (!progress) co_return look_outcome::failed;
        if (*progress == net::http_reader::progress::done) {
            const auto status = c.reader.head().status;
            if (status >= 200) co_return outcome_of(status);
            c.begin += c.reader.head_size();
            c.reader.reset();
            continue;
        }
        if (c.end == c.buffer.size()) {
            if (c.begin > 0) co_return look_outcome::failed;
            c.make_room_for_head();
        }
        const std::span<char> into(c.buffer.data() + c.end, c.buffer.size() - c.end);
        const auto got = co_await c.stream->read_some(into);
        c.end += got.bytes;
        if (got.status != net::io_status::ok) co_return look_outcome::failed;
    }
}

}  // namespace ferry::relay
