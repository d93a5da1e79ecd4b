// A TCP or Unix-domain connection as a byte_stream.
#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>

#include "net/byte_stream.hpp"

namespace ferry::net {

// The waiting that every stream over a socket shares: readiness, the watch, interruption, closing.
class socket_stream : public byte_stream {
public:
    using socket_type = boost::asio::generic::stream_protocol::socket;
    explicit socket_stream(socket_type socket);
    ~socket_stream() override;

    void watch(std::function<void()> on_readable) override;
    void unwatch() override;
    void interrupt() override;
    void resume() override { interrupted_ = false; }
    void close(bool abortive) override;
    void shut_down_writes() override;
    bool is_open() const override { return socket_.is_open(); }
    int native_handle() const override { return fd_; }
    std::string peer_address() const override;
    boost::asio::awaitable<io_status> wait_writable() override;

    // The socket itself, for TLS to go on with; this stream is closed afterwards.
    socket_type release_socket();

protected:
    boost::asio::awaitable<io_status> wait_readable();
    bool interrupted() const { return interrupted_; }

    socket_type socket_;
    int fd_;

private:
    struct watch_state;
    void arm_watch();

    bool interrupted_ = false;
    // Shared with the pending wait, which may outlive this stream by one turn of the loop.
    std::shared_ptr<watch_state> watch_;
};

class plain_stream final : public socket_stream {
public:
    using socket_stream::socket_stream;
    // An unconnected TCP socket with TCP_NODELAY, of the family of `address`. Null if the kernel gives none.
    static std::unique_ptr<plain_stream> open(boost::asio::io_context& context,
                                              const boost::asio::ip::address& address);
    // Status failed carries the errno (ECONNREFUSED, ...).
    boost::asio::awaitable<io_result> connect(boost::asio::ip::address address, std::uint16_t port);

    io_result try_read(std::span<char> into) noexcept override;
    io_result try_write(std::span<const iovec> pieces) noexcept override;
    boost::asio::awaitable<io_result> read_some(std::span<char> into) override;
};

}  // namespace ferry::net
