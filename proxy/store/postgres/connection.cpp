#include "store/postgres/connection.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace ferry::store::postgres {
namespace {

// libpqxx 7 never does, and has no such function.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
template <class Connection>
void never_reconnect(Connection& one) {
    if constexpr (requires { one.inhibit_reactivation(true); }) one.inhibit_reactivation(true);
}
#pragma GCC diagnostic pop

}  // namespace

connection::connection(const address& to)
    : connection_(to.connection), no_notices_(connection_), socket_(::fcntl(connection_.sock(), F_DUPFD_CLOEXEC, 0)) {
    never_reconnect(connection_);
}

connection::~connection() {
    if (socket_ >= 0) ::close(socket_);
}

bool connection::was_closed() const {
    char byte = 0;
    const auto got = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
}

bool connection::is_doubtful() const {
    char byte = 0;
    return was_closed() || ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

}  // namespace ferry::store::postgres
