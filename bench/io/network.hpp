#pragma once

#include <chrono>
#include <cstddef>

namespace ferry::bench {

// What the way between a peer and the mock is like. 0 leaves a thing as the machine has it.
struct network {
    int mss = 0;             // bytes of a segment in both directions (of the listening socket)
    int receive_buffer = 0;  // SO_RCVBUF, of the listening socket
    int send_buffer = 0;     // SO_SNDBUF, of the listening socket

    std::chrono::microseconds read_delay{0};   // how late arrives what the peer sends
    std::chrono::microseconds write_delay{0};  // how late it gets what the mock sends
    std::size_t window = 64 * 1024;            // with a delay: so many bytes at most are under way per direction

    std::chrono::microseconds tickets_after{0};  // TLS 1.3: session tickets so long after the handshake
    std::chrono::microseconds interim_after{0};  // a 100 Continue so long after a request's head, asked for or not

    bool is_delayed() const { return read_delay.count() > 0 || write_delay.count() > 0; }
};

}  // namespace ferry::bench
