// Which of several addresses a TCP connection can be made to first (RFC 8305, happy eyeballs).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "net/interrupt_slot.hpp"
#include "net/plain_stream.hpp"
#include "net/signal.hpp"
#include "net/timer_wheel.hpp"

namespace ferry::upstream {

using address_list = std::vector<boost::asio::ip::address>;

// The order in which to try them: `first` if it is among them, and then the families by turns.
address_list by_turns(address_list all, const boost::asio::ip::address& first);

// One race. The next address is tried once the one before has failed, or has not answered for 250 ms; that one goes on.
// Owned by a coroutine; lives on its core. Its end closes what did not win. Ended by an interruption of the slot, or a
// poke: then nobody has won.
class connect_race final : private net::interruptible {
public:
    struct outcome {
        std::unique_ptr<net::plain_stream> winner;  // null: nobody
        boost::asio::ip::address address;           // of the winner, or of who failed last
        int error = 0;                              // errno of who failed last; 0: no answer in time
        bool lacks_socket = false;                  // the kernel gives none
    };

    connect_race(boost::asio::io_context& core, net::timer_wheel& wheel, std::uint16_t port);

    // Takes out of `left` those that failed, and the winner.
    boost::asio::awaitable<outcome> run(address_list& left, net::interrupt_slot& slot);

private:
    struct runner {
        std::unique_ptr<net::plain_stream> socket;
        std::optional<int> ended;  // errno, 0: it is connected
    };

    void interrupt() override;
    bool begin_next(const boost::asio::ip::address& address);
    bool take_ended(address_list& left, outcome& found);

    boost::asio::io_context& core_;
    const std::uint16_t port_;
    net::signal changed_;
    net::deadline head_start_;                      // of who began last
    std::vector<std::unique_ptr<runner>> runners_;  // the first of `left`, in its order
    bool is_next_due_ = true, is_over_ = false;
};

}  // namespace ferry::upstream
