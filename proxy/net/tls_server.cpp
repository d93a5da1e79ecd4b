#include "net/tls_server.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
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

// Nobody is there to type one.
int no_password(char*, int, int, void*) {
    return -1;
}

// OpenSSL's own words for a file that cannot be opened name neither the file nor the reason.
void require_readable(const char* key, const std::string& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw std::runtime_error(std::string(key) + ": " + file + " cannot be read: " + std::strerror(errno));
    ::close(fd);
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
    SSL_CTX_set_default_passwd_cb(context_, no_password);
    try {
        use(files);
    } catch (...) {
        SSL_CTX_free(context_);
        throw;
    }
    if (before != nullptr) copy_ticket_keys(before->context_, context_);
}

void tls_server::use(const tls_files& files) {
    require_readable("server.tls_certificate", files.certificate);
    require_readable("server.tls_key", files.key);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context_, files.certificate.c_str()) != 1) {
        throw std::runtime_error("server.tls_certificate: " + files.certificate + " cannot be used (" +
                                 take_openssl_error() + "); name a PEM file with the server's certificate first");
    }
    if (SSL_CTX_use_PrivateKey_file(context_, files.key.c_str(), SSL_FILETYPE_PEM) == 1) return;
    const auto code = ERR_peek_error();
    const auto reason = take_openssl_error();
    if (ERR_GET_LIB(code) == ERR_LIB_X509 || ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH) {
        throw std::runtime_error("server.tls_key: " + files.key + " is not the key of the certificate in " +
                                 files.certificate);
    }
    throw std::runtime_error("server.tls_key: " + files.key + " cannot be used (" + reason +
                             "); name a PEM file with a key that has no password");
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
