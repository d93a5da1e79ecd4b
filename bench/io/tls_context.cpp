#include "io/tls_context.hpp"

#include <stdexcept>

namespace ferry::bench {
namespace {

int choose_http11(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                  unsigned int offered_length, void*) {
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char* found = nullptr;
    const int verdict = SSL_select_next_proto(&found, length, ours, sizeof ours - 1, offered, offered_length);
    *chosen = found;
    return verdict == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

tls_context make_tls_context(const std::string& certificate_file, const std::string& key_file, tls_versions allowed) {
    tls_context context(SSL_CTX_new(TLS_server_method()));
    if (!context) throw std::runtime_error("cannot create a TLS context");
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
        throw std::runtime_error("--tls-cert: cannot read a PEM certificate chain from " + certificate_file);
    }
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context.get()) != 1) {
        throw std::runtime_error("--tls-key: not the PEM private key of the certificate: " + key_file);
    }
    SSL_CTX_set_min_proto_version(context.get(), allowed.lowest);
    SSL_CTX_set_max_proto_version(context.get(), allowed.highest);
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context.get(), choose_http11, nullptr);
    static const unsigned char id[] = "ferry-bench";
    SSL_CTX_set_session_id_context(context.get(), id, sizeof id - 1);
    return context;
}

tls_context make_client_tls_context(bool verifies, const std::string& ca_file) {
    tls_context context(SSL_CTX_new(TLS_client_method()));
    if (!context) throw std::runtime_error("cannot create a TLS context");
    SSL_CTX_set_verify(context.get(), verifies ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    if (!ca_file.empty() && SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr) != 1) {
        throw std::runtime_error("--ca-file: cannot read PEM certificates from " + ca_file);
    }
    if (ca_file.empty()) SSL_CTX_set_default_verify_paths(context.get());
    SSL_CTX_set_mode(context.get(),
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    static const unsigned char ours[] = "\x08http/1.1";
    SSL_CTX_set_alpn_protos(context.get(), ours, sizeof ours - 1);
    return context;
}

}  // namespace ferry::bench
