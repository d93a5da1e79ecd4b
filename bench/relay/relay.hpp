#pragma once

#include <string>

namespace ferry::bench {

struct relay_options {
    std::string listen = "127.0.0.1:0";  // host:port; port 0 takes a free one
    std::string to;                      // host:port
};

// The least that anything between a client and a server costs: each connection is one to the server, and bytes go to
// and fro as they come, unread, on this thread. Until the process is ended. Throws std::exception in words if it
// cannot begin.
int run_relay(const relay_options& options);

}  // namespace ferry::bench
