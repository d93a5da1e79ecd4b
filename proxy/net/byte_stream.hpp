// A connection as the rest of Ferry sees it: bytes in, bytes out, over TCP, a Unix socket or TLS.
#pragma once

#include <sys/uio.h>

#include <boost/asio/awaitable.hpp>
#include <boost/container/small_vector.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "net/readiness.hpp"

namespace ferry::net {

// Something a coroutine may be waiting on, which another party (a deadline, the client's watcher) may end.
class interruptible {
public:
    virtual void interrupt() = 0;

protected:
    ~interruptible() = default;
};

enum class io_status {
    ok,
    would_block,
    eof,          // orderly end: FIN, and on TLS a close_notify before it
    failed,       // reset, TLS error, truncation of TLS: nothing more can be read or written
    interrupted,  // interrupt() was called: by a deadline, the watcher or a shutdown
};

struct io_result {
    std::size_t bytes = 0;
    io_status status = io_status::ok;
    int error = 0;  // errno where status is failed, 0 if it has none
};

// Abstract over plain sockets and TLS; all waiting happens here, none of the deciding.
// Owned by a session or a pooled connection; lives on one core. At most one read and one write wait at a time.
// Cancelled by interrupt(), which ends the waits under way and those to come until resume() is called.
class byte_stream : public interruptible {
public:
    virtual ~byte_stream() = default;

    // What an accepted connection needs before its first byte: TLS shakes hands. False: there will be no connection.
    virtual boost::asio::awaitable<bool> secure() { co_return true; }

    // False if a read would find nothing, as the core's loop last saw it. Costs nothing.
    virtual bool may_read() const = 0;
    // Without waiting: what is there now, or would_block.
    virtual io_result try_read(std::span<char> into) noexcept = 0;
    // Without waiting: writes what the kernel takes now, gathered; may be part of it.
    virtual io_result try_write(std::span<const iovec> pieces) noexcept = 0;
    // Waits for at least one byte.
    virtual boost::asio::awaitable<io_result> read_some(std::span<char> into) = 0;
    // What read_some gives at once, or would_block: then co_await source().until_readable() and ask again, which is a
    // read_some without a coroutine of its own.
    virtual io_result read_now(std::span<char> into) noexcept = 0;
    // Writes every byte of `pieces`, in one system call where the kernel takes it. The pieces are consumed in place.
    boost::asio::awaitable<io_result> write_all(std::span<iovec> pieces);
    // Waits until more can be written.
    virtual boost::asio::awaitable<io_status> wait_writable() = 0;

    // Calls `on_readable` once, on this core, when bytes or an end arrive while nobody reads; replaced by a later
    // call; forgotten by unwatch().
    virtual void watch(std::function<void()> on_readable) = 0;
    virtual void unwatch() = 0;

    virtual ready_source& source() = 0;
    virtual void resume() = 0;
    // Closes at once. `abortive` sends RST, so that a peer cannot mistake what it has for the whole.
    virtual void close(bool abortive = false) = 0;
    // Sends FIN and keeps reading possible (lingering close).
    virtual void shut_down_writes() = 0;

    virtual bool is_open() const = 0;
    virtual int native_handle() const = 0;
    virtual std::string peer_address() const = 0;  // "203.0.113.7", "2001:db8::1", "unix"
};

// What one write gathers; room for an ordinary message without an allocation.
using gather_list = boost::container::small_vector<iovec, 8>;

// Takes `written` bytes off the front of `pieces`, and empty pieces with them.
void consume(std::span<iovec>& pieces, std::size_t written);

inline iovec piece(std::string_view bytes) {
    return {const_cast<char*>(bytes.data()), bytes.size()};
}

}  // namespace ferry::net
