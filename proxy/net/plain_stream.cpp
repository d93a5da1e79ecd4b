#include "net/plain_stream.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>

#include "net/executor.hpp"

namespace ferry::net {

namespace asio = boost::asio;

namespace {

// A peer that sends faster than it is read must leave the core to others now and then.
constexpr std::size_t most_bytes_in_a_row = 65536, least_counted = 8192;

}  // namespace

void owned_socket::close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

socket_stream::socket_stream(owned_socket socket)
    : socket_(std::move(socket)), source_(socket_.core(), socket_.fd(), socket_.is_tcp()) {}

void socket_stream::watch(std::function<void()> on_readable) {
    if (is_open()) source_.watch(std::move(on_readable));
}

void socket_stream::interrupt() {
    interrupted_ = true;
    source_.wake();
}

void socket_stream::close(bool abortive) {
    if (!is_open()) return;
    if (abortive) {
        const linger now{1, 0};
        ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    }
    source_.forget();
    socket_.close();
    interrupt();
}

void socket_stream::shut_down_writes() {
    if (is_open()) ::shutdown(fd(), SHUT_WR);
}

std::string socket_stream::peer_address() const {
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getpeername(fd(), reinterpret_cast<sockaddr*>(&address), &length) != 0) return {};
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

owned_socket socket_stream::release_socket() {
    source_.forget();
    interrupted_ = true;
    return std::move(socket_);
}

asio::awaitable<io_status> socket_stream::wait_writable() {
    if (!interrupted_) co_await source_.until_writable();
    co_return interrupted_ ? io_status::interrupted : io_status::ok;
}

asio::awaitable<io_status> socket_stream::wait_readable() {
    if (!interrupted_) co_await source_.until_readable();
    co_return interrupted_ ? io_status::interrupted : io_status::ok;
}

io_result socket_stream::read_now(std::span<char> into) noexcept {
    if (interrupted_) return {0, io_status::interrupted, 0};
    if (!may_read()) return {0, io_status::would_block, 0};
    return try_read(into);
}

asio::awaitable<io_result> socket_stream::read_some(std::span<char> into) {
    if (may_read() && bytes_in_a_row_ >= most_bytes_in_a_row) {
        bytes_in_a_row_ = 0;
        co_await end_of_turn();
    }
    auto got = read_now(into);
    while (got.status == io_status::would_block) {
        bytes_in_a_row_ = 0;
        co_await source_.until_readable();
        got = read_now(into);
    }
    bytes_in_a_row_ += std::max(got.bytes, least_counted);
    co_return got;
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
    const int family = address.is_v6() ? AF_INET6 : AF_INET;
    const int fd = ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return nullptr;
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return std::make_unique<plain_stream>(owned_socket(context, fd, true));
}

int plain_stream::begin_connect(const asio::ip::address& address, std::uint16_t port) {
    const asio::ip::tcp::endpoint endpoint(address, port);
    if (::connect(fd(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) return 0;
    const int error = errno;
    if (error == EINPROGRESS) source().note_no_room();
    return error;
}

int plain_stream::connect_error() const {
    int error = 0;
    socklen_t length = sizeof error;
    return ::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

asio::awaitable<io_result> plain_stream::connect(asio::ip::address address, std::uint16_t port) {
    io_result outcome;
    int error = begin_connect(address, port);
    if (error == EINPROGRESS) {
        outcome.status = co_await wait_writable();
        if (outcome.status == io_status::ok) error = connect_error();
    }
    if (outcome.status != io_status::ok || error == 0) co_return outcome;
    outcome.status = io_status::failed;
    outcome.error = error;
    co_return outcome;
}

io_result plain_stream::try_read(std::span<char> into) noexcept {
    const auto count = ::recv(fd(), into.data(), into.size(), MSG_DONTWAIT);
    if (count == 0) return {0, io_status::eof, 0};
    if (count > 0) {
        if (static_cast<std::size_t>(count) < into.size()) source().note_short_read();
        return {static_cast<std::size_t>(count), io_status::ok, 0};
    }
    if (errno == EINTR) return {0, io_status::would_block, 0};
    if (errno != EAGAIN) return {0, io_status::failed, errno};
    source().note_nothing_to_read();
    return {0, io_status::would_block, 0};
}

io_result plain_stream::try_write(std::span<const iovec> pieces) noexcept {
    constexpr std::size_t most_pieces = 64;
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(pieces.data());
    message.msg_iovlen = std::min(pieces.size(), most_pieces);
    const auto count = ::sendmsg(fd(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count >= 0) return {static_cast<std::size_t>(count), io_status::ok, 0};
    if (errno == EINTR) return {0, io_status::would_block, 0};
    if (errno != EAGAIN) return {0, io_status::failed, errno};
    source().note_no_room();
    return {0, io_status::would_block, 0};
}

}  // namespace ferry::net
