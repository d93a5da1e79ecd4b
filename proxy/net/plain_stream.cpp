#include "net/plain_stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>

namespace ferry::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto as_result = asio::as_tuple(asio::deferred);

io_result from_errno() {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {0, io_status::would_block, 0};
    return {0, io_status::failed, errno};
}

}  // namespace

struct socket_stream::watch_state {
    std::function<void()> on_readable;
    bool armed = false;
};

socket_stream::socket_stream(socket_type socket)
    : socket_(std::move(socket)), fd_(socket_.native_handle()), watch_(std::make_shared<watch_state>()) {
    error_code ignored;
    socket_.non_blocking(true, ignored);
    socket_.native_non_blocking(true, ignored);
}

socket_stream::~socket_stream() {
    watch_->on_readable = nullptr;
}

void socket_stream::watch(std::function<void()> on_readable) {
    watch_->on_readable = std::move(on_readable);
    if (!watch_->armed && socket_.is_open()) arm_watch();
}

void socket_stream::unwatch() {
    watch_->on_readable = nullptr;
}

void socket_stream::arm_watch() {
    watch_->armed = true;
    socket_.async_wait(socket_type::wait_read, [state = watch_](const error_code& error) {
        state->armed = false;
        // A cancelled wait says nothing about the peer: close() or interrupt() caused it.
        if (error == asio::error::operation_aborted || !state->on_readable) return;
        auto action = std::move(state->on_readable);
        state->on_readable = nullptr;
        action();
    });
}

void socket_stream::interrupt() {
    interrupted_ = true;
    error_code ignored;
    if (socket_.is_open()) socket_.cancel(ignored);
}

void socket_stream::close(bool abortive) {
    if (!socket_.is_open()) return;
    if (abortive) {
        const linger now{1, 0};
        ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    interrupted_ = true;
    watch_->on_readable = nullptr;
    error_code ignored;
    socket_.close(ignored);
    fd_ = -1;
}

void socket_stream::shut_down_writes() {
    if (socket_.is_open()) ::shutdown(fd_, SHUT_WR);
}

std::string socket_stream::peer_address() const {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getpeername(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
    char text[INET6_ADDRSTRLEN] = {};
    if (address.ss_family == AF_INET) {
        ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in&>(address).sin_addr, text, sizeof text);
    } else if (address.ss_family == AF_INET6) {
        ::inet_ntop(AF_INET6, &reinterpret_cast<sockaddr_in6&>(address).sin6_addr, text, sizeof text);
    } else {
        return "unix";
    }
    return text;
}

socket_stream::socket_type socket_stream::release_socket() {
    watch_->on_readable = nullptr;
    interrupted_ = true;
    fd_ = -1;
    return std::move(socket_);
}

asio::awaitable<io_status> socket_stream::wait_writable() {
    if (interrupted_) co_return io_status::interrupted;
    auto [error] = co_await socket_.async_wait(socket_type::wait_write, as_result);
    if (interrupted_) co_return io_status::interrupted;
    co_return error ? io_status::failed : io_status::ok;
}

asio::awaitable<io_status> socket_stream::wait_readable() {
    if (interrupted_) co_return io_status::interrupted;
    auto [error] = co_await socket_.async_wait(socket_type::wait_read, as_result);
    if (interrupted_) co_return io_status::interrupted;
    co_return error ? io_status::failed : io_status::ok;
}

void consume(std::span<iovec>& pieces, std::size_t written) {
    while (!pieces.empty() && written >= pieces.front().iov_len) {
        written -= pieces.front().iov_len;
        pieces = pieces.subspan(1);
    }
    if (written == 0) return;
    auto& front = pieces.front();
    front.iov_base = static_cast<char*>(front.iov_base) + written;
    front.iov_len -= written;
}

asio::awaitable<io_result> byte_stream::write_all(std::span<iovec> pieces) {
    io_result total;
    consume(pieces, 0);
    while (!pieces.empty()) {
        auto written = try_write(pieces);
        total.bytes += written.bytes;
        consume(pieces, written.bytes);
        if (written.status == io_status::would_block) {
            written.status = co_await wait_writable();
        }
        if (written.status != io_status::ok) {
            total.status = written.status;
            total.error = written.error;
            co_return total;
        }
    }
    co_return total;
}

std::unique_ptr<plain_stream> plain_stream::open(asio::io_context& context, const asio::ip::address& address) {
    socket_type socket(context);
    const asio::ip::tcp::endpoint endpoint(address, 0);
    error_code error;
    socket.open(endpoint.protocol(), error);
    if (error) return nullptr;
    const int on = 1;
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return std::make_unique<plain_stream>(std::move(socket));
}

asio::awaitable<io_result> plain_stream::connect(asio::ip::address address, std::uint16_t port) {
    io_result outcome;
    const asio::ip::tcp::endpoint endpoint(address, port);
    const socket_type::endpoint_type generic(endpoint);
    auto [error] = co_await socket_.async_connect(generic, as_result);
    if (interrupted()) {
        outcome.status = io_status::interrupted;
    } else if (error) {
        outcome.status = io_status::failed;
        outcome.error = error.value();
    }
    co_return outcome;
}

io_result plain_stream::try_read(std::span<char> into) noexcept {
    const auto count = ::recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    if (count > 0) return {static_cast<std::size_t>(count), io_status::ok, 0};
    if (count == 0) return {0, io_status::eof, 0};
    return from_errno();
}

io_result plain_stream::try_write(std::span<const iovec> pieces) noexcept {
    constexpr std::size_t most_pieces = 64;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = std::min(pieces.size(), most_pieces);
    const auto count = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return {static_cast<std::size_t>(count), io_status::ok, 0};
    return from_errno();
}

asio::awaitable<io_result> plain_stream::read_some(std::span<char> into) {
    io_result got;
    if (interrupted()) {
        got.status = io_status::interrupted;
        co_return got;
    }
    const asio::mutable_buffer buffer(into.data(), into.size());
    auto [error, count] = co_await socket_.async_read_some(buffer, as_result);
    got.bytes = count;
    if (!error) co_return got;
    got.status = io_status::failed;
    got.error = error.value();
    if (interrupted()) {
        got.status = io_status::interrupted;
    } else if (error == asio::error::eof) {
        got.status = io_status::eof;
    }
    co_return got;
}

}  // namespace ferry::net
