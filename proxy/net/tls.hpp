// TLS: one OpenSSL SSL over the socket itself, driven by readiness. Everything is verified by
// default; there is no unverified fallback.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <optional>
#include <string>

#include "base/fault.hpp"
#include "net/plain_stream.hpp"
#include "net/tls_files.hpp"

namespace ferry::net {

struct tls_settings {
    bool verify = true;
    std::string ca_file;  // "" trusts the system's store
    tls_files client;     // shown to a server that asks for it; "" both: none

    bool operator==(const tls_settings&) const = default;
};

// The last session ticket of one endpoint, for resumption (RFC 8446 section 2.2). Lives on one core.
struct tls_session_slot {
    tls_session_slot() = default;
    ~tls_session_slot() { SSL_SESSION_free(session); }
    tls_session_slot(const tls_session_slot&) = delete;
    tls_session_slot& operator=(const tls_session_slot&) = delete;
    SSL_SESSION* session = nullptr;
};

class tls_stream;

// The oldest error of this thread in words, and none are left.
std::string take_openssl_error();

// The client side's settings. Owned by a core. Throws std::runtime_error at construction: a file that is of no use.
class tls_client {
public:
    explicit tls_client(const tls_settings& settings);
    ~tls_client();
    tls_client(const tls_client&) = delete;
    tls_client& operator=(const tls_client&) = delete;

    // Takes a connected socket. The certificate must name `sni`, or `host` where that is "": an address literal.
    // Faults: overloaded, when memory is short; upstream_tls_error, when a certificate could not be checked against
    // the host. Without that check any certificate of a known authority would do.
    result<std::unique_ptr<tls_stream>> wrap(owned_socket socket, const std::string& sni, const std::string& host,
                                             std::shared_ptr<tls_session_slot> slot);

private:
    bool expect(SSL* ssl, const std::string& sni, const std::string& host) const;

    SSL_CTX* context_;
    bool verify_;
};

// Owned and living like every byte_stream; `slot` is the client's side's, null for a server. A connection that ends
// without close_notify reads as failed, not as eof.
class tls_stream final : public socket_stream {
public:
    tls_stream(owned_socket socket, SSL* ssl, std::shared_ptr<tls_session_slot> slot);
    ~tls_stream() override;

    // Fault upstream_tls_error, with the reason; upstream_unreachable when the peer closed; nothing on success.
    // An interruption gives client_gone; the caller knows better.
    boost::asio::awaitable<std::optional<fault>> handshake();
    // The server's side of it. A client that speaks plain HTTP gets a plain answer.
    boost::asio::awaitable<bool> secure() override;

    io_result try_read(std::span<char> into) noexcept override;
    io_result try_write(std::span<const iovec> pieces) noexcept override;
    bool may_read() const override;
    void close(bool abortive) override;
    void shut_down_writes() override;

private:
    boost::asio::awaitable<io_status> negotiate();
    int why(int outcome) noexcept;
    void refuse_plain_http() noexcept;

    void say_goodbye() noexcept;
    io_result failed() noexcept;

    SSL* ssl_;
    std::shared_ptr<tls_session_slot> slot_;
    bool has_failed_ = false;  // nothing more may be said (SSL_get_error(3))
};

}  // namespace ferry::net
