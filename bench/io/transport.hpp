#pragma once

#include <openssl/ssl.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry::bench {

enum class io_state { ok, blocked, closed, failed };

struct io_result {
    io_state state;
    std::size_t bytes;
};

// The name that a server is reached under: what its certificate must be for. An IP address is told by its form.
struct peer_name {
    std::string name;
};

// One non-blocking TCP connection, plain or TLS, accepted or made. Owned by: its session. The handshake happens in the
// first reads or writes. Errors are states, never exceptions.
class transport {
public:
    // Owns fd; tls may be null and must outlive this. With `late_tickets` TLS 1.3 sends none until send_tickets().
    transport(int fd, SSL_CTX* tls, bool late_tickets);
    // Of a client: owns fd, which may still be connecting; tls as above.
    transport(int fd, SSL_CTX* tls, const peer_name& peer);
    ~transport();
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    int fd() const { return fd_; }
    bool is_tls() const { return ssl_ != nullptr; }
    bool handshake_done() const { return ssl_ && SSL_is_init_finished(ssl_); }
    bool resumed() const { return ssl_ && SSL_session_reused(ssl_); }
    std::string server_name() const;                   // SNI, "" if none
    bool wants_write() const { return wants_write_; }  // a read or write waits for room in the socket

    std::string problem() const;  // why the last read or write failed, in words

    void send_tickets();  // REQUIRES: handshake_done()
    io_result read(char* to, std::size_t room);
    io_result write(std::string_view bytes);
    std::size_t unsent() const;  // bytes that the kernel has not seen acknowledged
    void announce_close();       // TLS close_notify, nothing on plain connections
    void close();                // FIN
    void reset();                // RST, what is unsent is dropped

private:
    transport(int fd, SSL_CTX* tls);
    io_result tls_result(int returned);

    int fd_;
    SSL* ssl_ = nullptr;
    bool wants_write_ = false;
    int error_ = 0;                      // errno of the last failure
    const char* tls_problem_ = nullptr;  // and what TLS says of it
};

}  // namespace ferry::bench
