// A TCP or Unix-domain connection as a byte_stream.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <utility>

#include "net/byte_stream.hpp"
#include "net/readiness.hpp"

namespace ferry::net {

// A socket and the core it belongs to. Move-only owner; closes it. REQUIRES: `fd` is non-blocking.
class owned_socket {
public:
    owned_socket(boost::asio::io_context& core, int fd, bool is_tcp) : core_(core), fd_(fd), is_tcp_(is_tcp) {}
    owned_socket(owned_socket&& other) noexcept
        : core_(other.core_), fd_(std::exchange(other.fd_, -1)), is_tcp_(other.is_tcp_) {}
    owned_socket& operator=(owned_socket&&) = delete;
    ~owned_socket() { close(); }

    void close();
    boost::asio::io_context& core() const { return core_; }
    int fd() const { return fd_; }
    bool is_tcp() const { return is_tcp_; }

private:
    boost::asio::io_context& core_;
    int fd_;
    bool is_tcp_;
};

// The waiting that every stream over a socket shares: readiness, the watch, interruption, closing.
class socket_stream : public byte_stream {
public:
    explicit socket_stream(owned_socket socket);

    void watch(std::function<void()> on_readable) override;
    void unwatch() override { source_.unwatch(); }
    ready_source& source() override { return source_; }
    bool may_read() const override { return source_.may_read(); }
    void interrupt() override;
    void resume() override { interrupted_ = false; }
    void close(bool abortive) override;
    void shut_down_writes() override;
    bool is_open() const override { return socket_.fd() >= 0; }
    int native_handle() const override { return socket_.fd(); }
    std::string peer_address() const override;
    boost::asio::awaitable<io_result> read_some(std::span<char> into) override;
    io_result read_now(std::span<char> into) noexcept override;
    boost::asio::awaitable<io_status> wait_writable() override;

    // The socket itself, for TLS to go on with; this stream is closed afterwards.
    owned_socket release_socket();

protected:
    // After a try that found nothing to read, and noted it.
    boost::asio::awaitable<io_status> wait_readable();
    bool interrupted() const { return interrupted_; }
    int fd() const { return socket_.fd(); }

private:
    owned_socket socket_;
    ready_source source_;
    bool interrupted_ = false;
    std::size_t bytes_in_a_row_ = 0;  // read without a wait; a small read counts as some
};

class plain_stream final : public socket_stream {
public:
    using socket_stream::socket_stream;
    // An unconnected TCP socket with TCP_NODELAY, of the family of `address`. Null if the kernel gives none.
    static std::unique_ptr<plain_stream> open(boost::asio::io_context& context,
                                              const boost::asio::ip::address& address);
    // 0: connected. EINPROGRESS: connect_error() tells once there is room to write.
    int begin_connect(const boost::asio::ip::address& address, std::uint16_t port);
    int connect_error() const;
    // Status failed carries the errno (ECONNREFUSED, ...).
    boost::asio::awaitable<io_result> connect(boost::asio::ip::address address, std::uint16_t port);

    io_result try_read(std::span<char> into) noexcept override;
    io_result try_write(std::span<const iovec> pieces) noexcept override;
};

}  // namespace ferry::net
