#include "io/transport.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace ferry::bench {
namespace {

constexpr int usual_tickets = 2;
constexpr std::size_t most_at_once = std::size_t(1) << 30;  // OpenSSL counts in int

}  // namespace

transport::transport(int fd, SSL_CTX* tls) : fd_(fd) {
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!tls) return;
    ssl_ = SSL_new(tls);
    SSL_set_fd(ssl_, fd_);
}

transport::transport(int fd, SSL_CTX* tls, bool late_tickets) : transport(fd, tls) {
    if (!tls) return;
    SSL_set_accept_state(ssl_);
    if (late_tickets) SSL_set_num_tickets(ssl_, 0);
}

transport::transport(int fd, SSL_CTX* tls, const peer_name& peer) : transport(fd, tls) {
    if (!tls) return;
    SSL_set_connect_state(ssl_);
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), peer.name.c_str()) == 1) return;
    SSL_set_tlsext_host_name(ssl_, peer.name.c_str());
    SSL_set1_host(ssl_, peer.name.c_str());
}

transport::~transport() {
    close();
    SSL_free(ssl_);
}

std::string transport::server_name() const {
    const char* name = ssl_ ? SSL_get_servername(ssl_, TLSEXT_NAMETYPE_host_name) : nullptr;
    return name ? name : "";
}

void transport::send_tickets() {
    for (int i = 0; i < usual_tickets; ++i) SSL_new_session_ticket(ssl_);
    SSL_do_handshake(ssl_);  // they leave now, or with the next write
    ERR_clear_error();
}

io_result transport::tls_result(int returned) {
    wants_write_ = false;
    if (returned > 0) return {io_state::ok, static_cast<std::size_t>(returned)};
    error_ = errno;
    const int error = SSL_get_error(ssl_, returned);
    const auto verified = SSL_get_verify_result(ssl_);
    tls_problem_ = error != SSL_ERROR_SSL  ? nullptr
                   : verified != X509_V_OK ? X509_verify_cert_error_string(verified)
                                           : ERR_reason_error_string(ERR_peek_error());
    ERR_clear_error();
    if (error == SSL_ERROR_WANT_READ) return {io_state::blocked, 0};
    if (error == SSL_ERROR_WANT_WRITE) {
        wants_write_ = true;
        return {io_state::blocked, 0};
    }
    return {error == SSL_ERROR_ZERO_RETURN ? io_state::closed : io_state::failed, 0};
}

io_result transport::read(char* to, std::size_t room) {
    if (ssl_) return tls_result(SSL_read(ssl_, to, static_cast<int>(room)));
    const ssize_t n = recv(fd_, to, room, 0);
    if (n > 0) return {io_state::ok, static_cast<std::size_t>(n)};
    if (n == 0) return {io_state::closed, 0};
    error_ = errno;
    return {errno == EAGAIN || errno == EINTR ? io_state::blocked : io_state::failed, 0};
}

io_result transport::write(std::string_view bytes) {
    if (ssl_) return tls_result(SSL_write(ssl_, bytes.data(), static_cast<int>(std::min(bytes.size(), most_at_once))));
    const ssize_t n = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    wants_write_ = n < 0 && (errno == EAGAIN || errno == EINTR);
    if (n >= 0) return {io_state::ok, static_cast<std::size_t>(n)};
    error_ = errno;
    return {wants_write_ ? io_state::blocked : io_state::failed, 0};
}

std::string transport::problem() const {
    if (tls_problem_) return std::string("TLS: ") + tls_problem_;
    return error_ ? std::strerror(error_) : "the peer closed the connection";
}

std::size_t transport::unsent() const {
    int bytes = 0;
    return ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
}

void transport::announce_close() {
    if (handshake_done()) SSL_shutdown(ssl_);
    ERR_clear_error();
}

void transport::close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
}

void transport::reset() {
    const linger drop{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &drop, sizeof drop);
    close();
}

}  // namespace ferry::bench
