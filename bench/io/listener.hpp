#pragma once

#include <cstdint>
#include <string>

#include "io/network.hpp"

namespace ferry::bench {

// A listening TCP socket on "host:port" or "[v6]:port"; port 0 takes a free one. Owned by: whoever made it.
class listener {
public:
    listener(const std::string& address, const network& way);  // throws std::runtime_error in words
    ~listener();
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    int fd() const { return fd_; }
    std::uint16_t port() const { return port_; }
    const std::string& host() const { return host_; }  // as given, IPv6 in brackets

private:
    int fd_ = -1;
    std::uint16_t port_ = 0;
    std::string host_;
};

}  // namespace ferry::bench
