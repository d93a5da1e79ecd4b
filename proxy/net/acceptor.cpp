#include "net/acceptor.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>

namespace ferry::net {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

// Of what a client does not take the kernel keeps so much, not the megabytes to which it lets buffers grow: thousands
// of slow readers would use up the memory that it has for all connections.
constexpr int most_unsent = 128 << 10;

}  // namespace

struct acceptor::state {
    explicit state(asio::io_context& core) : descriptor(core) {}
    asio::posix::stream_descriptor descriptor;
    bool stopped = false;
};

acceptor::acceptor(asio::io_context& core, const listening_socket& on) : state_(std::make_unique<state>(core)) {
    state_->descriptor.assign(::fcntl(on.fd(), F_DUPFD_CLOEXEC, 0));
}

acceptor::~acceptor() = default;

bool acceptor::stopped() const {
    return state_->stopped;
}

void acceptor::stop() {
    if (std::exchange(state_->stopped, true)) return;
    // close() would leave it to the kernel to forget the descriptor, which it does not as long as another process, or a
    // listening_socket here, has the socket open.
    ::close(state_->descriptor.release());
}

asio::awaitable<acceptor::accepted> acceptor::accept() {
    accepted result;
    while (!state_->stopped) {
        const int fd = ::accept4(state_->descriptor.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            const int on = 1;
            ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent, sizeof most_unsent);
            result.what = outcome::accepted;
            result.fd = fd;
            co_return result;
        }
        if (errno == ECONNABORTED || errno == EINTR) continue;
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            result.what = outcome::no_descriptors;
            co_return result;
        }
        if (errno != EAGAIN) co_return result;
        co_await state_->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                               asio::as_tuple(asio::deferred));
    }
    result.what = outcome::stopped;
    co_return result;
}

std::unique_ptr<byte_stream> adopt_stream(asio::io_context& core, int fd, const tls_server* tls) {
    sockaddr_storage name{};
    socklen_t length = sizeof name;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length);
    owned_socket socket(core, fd, name.ss_family != AF_UNIX);
    if (tls != nullptr && name.ss_family != AF_UNIX) return tls->wrap(std::move(socket));
    return std::make_unique<plain_stream>(std::move(socket));
}

}  // namespace ferry::net
