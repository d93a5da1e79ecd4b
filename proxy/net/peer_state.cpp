#include "net/peer_state.hpp"

#include <poll.h>

namespace ferry::net {

peer_state state_of_peer(int fd) {
    pollfd asked{.fd = fd, .events = POLLRDHUP, .revents = 0};
    if (::poll(&asked, 1, 0) <= 0) return peer_state::there;
    return (asked.revents & (POLLERR | POLLHUP)) != 0 ? peer_state::gone : peer_state::sends_no_more;
}

}  // namespace ferry::net
