#include "relay/books/keep_turn.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "relay/books/counters.hpp"
#include "relay/exchange/await_answer.hpp"
#include "usage/record_format.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto most_wait_for_room = milliseconds(2000);

asio::awaitable<bool> write_parts(request& x, std::string_view whole) {
    const auto until = steady::now() + most_wait_for_room;
    for (auto rest = whole; !rest.empty();) {
        const usage::turn_part part{whole.size(), rest.substr(0, usage::max_part_bytes)};
        if (x.core.journal.part(x.books, part)) {
            rest.remove_prefix(part.bytes.size());
            continue;
        }
        if (x.gone || x.stopping() || steady::now() >= until) co_return false;
        const auto there = std::make_shared<awaited_answer<bool>>(x.core.context);
        x.core.journal.when_room([there] { awaited_answer<bool>::take(*there, true); });
        co_await await_answer(x, there, until);
    }
    co_return true;
}

void note_lost(request& x, std::string_view why) {
    count(x.core.counts.lost_turns);
    log_warn("What request {} adds to conversation {} is not kept: {}", x.id_text(), x.talk->which.id, why);
}

}  // namespace

asio::awaitable<void> keep_turn(request& x) {
    if (!x.talk->is_kept || x.said.words() == nullptr) co_return;
    auto answer = x.said.words()->message();
    if (x.said.words()->is_lost()) note_lost(x, "the answer is larger than 32 MiB, or contradicts itself");
    if (!answer) co_return;
    usage::turn said;
    said.owner = x.talk->which.owner;
    said.conversation_id = x.talk->which.id;
    said.has_answer = true;
    said.messages = std::move(x.talk->added);
    said.messages.push_back(std::move(*answer));
    said.position = x.core.remembered.add(x.talk->held, said.messages);
    const auto bytes = usage::encode_turn(said);
    const bool is_written = co_await write_parts(x, bytes);
    if (is_written) co_return;
    x.core.remembered.stored(x.talk->which);
    note_lost(x, "the usage journal has no room");
}

}  // namespace ferry::relay
