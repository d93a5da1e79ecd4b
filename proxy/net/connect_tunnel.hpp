// The CONNECT method of HTTP proxies (RFC 9110 section 9.3.6): a connection to somebody through somebody else.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "net/byte_stream.hpp"

namespace ferry::net {

struct tunnel_answer {
    enum class outcome {
        open,         // what is written and read from now on is the other side's
        refused,      // the proxy said no, with `status`
        not_http,     // what came is no answer to CONNECT, or says more than it may
        broken,       // the connection to the proxy ended or failed first
        interrupted,  // by a deadline or by the client
    };
    outcome what = outcome::broken;
    int status = 0;
    std::string reason;  // the proxy's own words beside the status, printable, at most 100 bytes
};

// Asks the proxy behind `over`, which is connected and unused, for a tunnel to `authority` (host:port). `authorization`
// is the value of Proxy-Authorization, or "". Cancelled by interrupting `over`.
boost::asio::awaitable<tunnel_answer> open_tunnel(byte_stream& over, std::string authority, std::string authorization);

}  // namespace ferry::net
