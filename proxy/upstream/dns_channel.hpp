// One channel of c-ares: the name servers of one reading of resolv.conf, and the look-ups under way at them.
#pragma once

#include <ares.h>
#include <poll.h>

#include <map>
#include <string>
#include <vector>

#include "upstream/name_source.hpp"

namespace ferry::upstream {

// Used by one thread. Its end forgets the look-ups under way.
class dns_channel {
public:
    // See name_lookup. Throws std::runtime_error.
    dns_channel(const std::string& servers, std::chrono::milliseconds timeout);
    ~dns_channel();
    dns_channel(const dns_channel&) = delete;
    ares_channel& operator=(const dns_channel&) = delete;

    // May call `done` at once.
    void ask(const std::string& host, name_source::callback done);
    bool is_idle() const { return under_way_ == 0; }

    // What to wait for: any of these sockets, at most so long (-1: no limit).
    void add_sockets(std::vector<pollfd>& to) const;
    int milliseconds_left() const;
    // What the wait has found; also looks for time that ran out.
    void work(const std::vector<pollfd>& found);

private:
    struct question;
    static void on_answer(void* asked, int status, int timeouts, ares_addrinfo* found);
    static void on_socket(void* self, ares_socket_t socket, int readable, int writable);

    ares_channeldata* channel_ = nullptr;
    std::map<ares_socket_t, short> sockets_;  // which events c-ares waits for
    std::size_t under_way_ = 0;
    bool closing_ = false;
};

}  // namespace ferry::upstream
