#include "relay/books/durability.hpp"

#include <memory>

#include "base/ending_faults.hpp"
#include "base/log.hpp"
#include "relay/books/settle.hpp"
#include "relay/exchange/await_answer.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto most_wait_for_segment = milliseconds(2000);
constexpr auto most_wait_for_disk = milliseconds(10000);

// The journal answers on the core that waits.
using journal_answer = awaited_answer<bool>;

}  // namespace

bool books_are_late(const request& x) {
    return x.core.journal.is_late();
}

asio::awaitable<std::optional<fault>> await_books(request& x) {
    const auto until = steady::now() + most_wait_for_segment;
    auto late = open_books(x);
    while (late && books_are_late(x) && steady::now() < until) {
        if (x.stopping()) co_return ferry_is_stopping();
        const auto there = std::make_shared<journal_answer>(x.core.context);
        x.core.journal.when_room([there] { journal_answer::take(*there, true); });
        co_await await_answer(x, there, until);
        if (x.gone) co_return client_has_left();
        late = open_books(x);
    }
    co_return late;
}

// Group commit: everybody who waits now shares the next sync.
asio::awaitable<std::optional<fault>> until_durable(request& x) {
    const auto synced = std::make_shared<journal_answer>(x.core.context);
    x.core.journal.when_durable(x.core.journal.position(),
                                [synced](bool is_durable) { journal_answer::take(*synced, is_durable); });
    co_await await_answer(x, synced, steady::now() + most_wait_for_disk);
    if (synced->said.value_or(false)) co_return std::nullopt;
    if (!x.gone && !x.stopping()) {
        log_error(
            "The usage of request {} is not known to be on the disk: its answer is not completed, as "
            "usage.durability = \"power\" asks. /status says what is wrong with the journal",
            x.id_text());
    }
    co_return fault::self(fault_code::journal_failed,
                          "The proxy cannot record this request safely: its usage journal fails. Try again later.");
}

}  // namespace ferry::relay
