#include "relay/books/durability.hpp"

#include <memory>

#include "base/ending_faults.hpp"
#include "base/log.hpp"
#include "net/signal.hpp"
#include "relay/books/settle.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

constexpr auto most_wait_for_segment = milliseconds(2000);
constexpr auto most_wait_for_disk = milliseconds(10000);

// Shared, because the journal thread may answer after a wait that was cut short.
struct answer_of_journal {
    explicit answer_of_journal(asio::io_context& context) : came(context) {}
    net::signal came;
    bool is_yes = false;
};

asio::awaitable<void> await_journal(request& x, std::shared_ptr<answer_of_journal> answer, steady::time_point until) {
    net::deadline timer(x.core.wheel);
    timer.on_expiry([answer] { answer->came.notify(); });
    timer.arm(until);
    const net::interrupt_slot::holder waiting(x.waiting, answer->came);
    co_await answer->came.wait();
}

}  // namespace

bool books_are_late(const request& x) {
    return x.core.journal.is_late();
}

asio::awaitable<std::optional<fault>> await_books(request& x) {
    const auto until = steady::now() + most_wait_for_segment;
    auto late = open_books(x);
    while (late && books_are_late(x) && steady::now() < until && !x.gone) {
        if (x.stopping()) co_return ferry_is_stopping();
        const auto there = std::make_shared<answer_of_journal>(x.core.context);
        x.core.journal.when_room([there] { there->came.notify(); });
        co_await await_journal(x, there, until);
        late = open_books(x);
    }
    co_return late;
}

// Group commit: everybody who waits now shares the next sync.
asio::awaitable<std::optional<fault>> until_durable(request& x) {
    const auto synced = std::make_shared<answer_of_journal>(x.core.context);
    x.core.journal.when_durable(x.core.journal.position(), [synced](bool is_durable) {
        synced->is_yes = is_durable;
        synced->came.notify();
    });
    co_await await_journal(x, synced, steady::now() + most_wait_for_disk);
    if (synced->is_yes) co_return std::nullopt;
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
