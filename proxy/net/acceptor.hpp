// Connections from a listening socket, and the streams made of them.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

#include "net/listening_socket.hpp"
#include "net/plain_stream.hpp"
#include "net/tls_server.hpp"

namespace ferry::net {

// Accepts on one core. Owned by the core's listener. The descriptor is duplicated: several cores may share one.
class acceptor {
public:
    acceptor(boost::asio::io_context& core, const listening_socket& on);
    ~acceptor();

    enum class outcome { accepted, no_descriptors, stopped, failed };
    struct accepted {
        outcome what = outcome::failed;
        int fd = -1;
    };
    // A connected descriptor (TCP_NODELAY set where it is TCP), or why there is none.
    boost::asio::awaitable<accepted> accept();
    void stop();
    bool stopped() const;

private:
    struct state;
    std::unique_ptr<state> state_;
};

// A stream over an accepted descriptor, on the core that will serve it: TLS if `tls` is not null and the descriptor is
// no Unix socket, which its file's permissions guard. Null if the kernel refuses it.
std::unique_ptr<byte_stream> adopt_stream(boost::asio::io_context& core, int fd, const tls_server* tls);

}  // namespace ferry::net
