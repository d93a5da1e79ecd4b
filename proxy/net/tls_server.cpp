#include "net/tls_server.hpp"

#include <stdexcept>
#include <vector>

namespace ferry::net {

namespace {

constexpr unsigned char session_context[] = "ferry";

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned offered_length, void*) {
    static const unsigned char ours[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    const int found =
        SSL_select_next_proto(const_cast<unsigned char**>(chosen), length, ours, sizeof ours, offered, offered_length);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void copy_ticket_keys(SSL_CTX* from, SSL_CTX* to) {
    std::vector<unsigned char> keys(static_cast<std::size_t>(SSL_CTX_get_tlsext_ticket_keys(from, nullptr, 0)));
    SSL_CTX_get_tlsext_ticket_keys(from, keys.data(), keys.size());
    SSL_CTX_set_tlsext_ticket_keys(to, keys.data(), keys.size());
    OPENSSL_cleanse(keys.data(), keys.size());
}

}  // namespace

tls_server::tls_server(const tls_files& files, const tls_server* before) : context_(SSL_CTX_new(TLS_server_method())) {
    if (context_ == nullptr) throw std::runtime_error("OpenSSL gave no TLS context: " + take_openssl_error());
    SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
    SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    // For TLS 1.2: forward secrecy and authenticated encryption only; the suites of TLS 1.3 are all of that kind.
    SSL_CTX_set_cipher_list(context_, "ECDHE+AESGCM:ECDHE+CHACHA20");
    // Sessions are resumed by tickets, which every core can read; nothing is remembered here.
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_session_id_context(context_, session_context, sizeof session_context - 1);
    SSL_CTX_set_alpn_select_cb(context_, choose_protocol, nullptr);
    try {
        use_files(context_, files, {"server.tls_certificate", "server.tls_key", "the server's"});
    } catch (...) {
        SSL_CTX_free(context_);
        throw;
    }
    if (before != nullptr) copy_ticket_keys(before->context_, context_);
}

tls_server::~tls_server() {
    SSL_CTX_free(context_);
}

std::unique_ptr<tls_stream> tls_server::wrap(owned_socket socket) const {
    SSL* ssl = SSL_new(context_);
    if (ssl == nullptr || SSL_set_fd(ssl, socket.fd()) != 1) {
        SSL_free(ssl);
        return nullptr;
    }
    SSL_set_accept_state(ssl);
    return std::make_unique<tls_stream>(std::move(socket), ssl, nullptr);
}

}  // namespace ferry::net
