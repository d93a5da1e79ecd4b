// A TLS server of the tests' own, with certificates made on the spot.
#pragma once

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "support/tcp_listener.hpp"

namespace ferry::test {

// A self-signed certificate with its key, also as a PEM file to trust.
class certificate {
public:
    // `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". Valid until `seconds` from now.
    explicit certificate(const std::string& names, long seconds = 3600)
        : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
        X509_set_version(certificate_, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate_), 1);
        X509_gmtime_adj(X509_getm_notBefore(certificate_), -7200);
        X509_gmtime_adj(X509_getm_notAfter(certificate_), seconds);
        X509_set_pubkey(certificate_, key_);
        auto* subject = X509_get_subject_name(certificate_);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1,
                                   0);
        X509_set_issuer_name(certificate_, subject);
        auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
        X509_add_ext(certificate_, extension, -1);
        X509_EXTENSION_free(extension);
        if (X509_sign(certificate_, key_, EVP_sha256()) == 0) throw std::runtime_error("the certificate is not signed");
        char path[] = "/tmp/ferry-test-XXXXXX";
        const int fd = ::mkstemp(path);
        file_ = path;
        auto* file = ::fdopen(fd, "w");
        PEM_write_X509(file, certificate_);
        std::fclose(file);
    }
    ~certificate() {
        std::remove(file_.c_str());
        X509_free(certificate_);
        EVP_PKEY_free(key_);
    }
    certificate(const certificate&) = delete;
    certificate& operator=(const certificate&) = delete;
    EVP_PKEY* key() const { return key_; }
    X509* get() const { return certificate_; }
    const std::string& file() const { return file_; }

private:
    EVP_PKEY* key_;
    X509* certificate_;
    std::string file_;
};

// Accepts connections one after the other on a thread of its own and plays `script` on each whose handshake succeeds.
// The script gets the raw descriptor too, to cut the connection without close_notify.
class tls_peer {
public:
    using script = std::function<void(SSL*, descriptor&)>;
    tls_peer(const certificate& with, script play)
        : context_(SSL_CTX_new(TLS_server_method())), play_(std::move(play)) {
        SSL_CTX_use_certificate(context_, with.get());
        SSL_CTX_use_PrivateKey(context_, with.key());
        static const unsigned char id[] = "ferry";
        SSL_CTX_set_session_id_context(context_, id, sizeof id);
        thread_ = std::thread([this] { serve(); });
    }
    ~tls_peer() {
        listener_.stop();
        thread_.join();
        SSL_CTX_free(context_);
    }
    std::uint16_t port() const { return listener_.port(); }
    // Of the connections served so far: the name each asked for, and whether it resumed a session.
    struct seen {
        std::string sni;
        bool resumed = false;
    };
    std::vector<seen> connections() const {
        const std::lock_guard lock(mutex_);
        return seen_;
    }

private:
    void serve() {
        // A client that refuses the certificate closes while OpenSSL still writes.
        sigset_t broken_pipe;
        sigemptyset(&broken_pipe);
        sigaddset(&broken_pipe, SIGPIPE);
        ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
        while (auto peer = listener_.accept()) {
            SSL* ssl = SSL_new(context_);
            SSL_set_fd(ssl, peer.get());
            if (SSL_accept(ssl) == 1) {
                note(ssl);
                play_(ssl, peer);
            }
            ERR_clear_error();
            SSL_free(ssl);
        }
    }
    void note(SSL* ssl) {
        seen one;
        if (const char* name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name)) one.sni = name;
        one.resumed = SSL_session_reused(ssl) == 1;
        const std::lock_guard lock(mutex_);
        seen_.push_back(std::move(one));
    }

    SSL_CTX* context_;
    script play_;
    tcp_listener listener_;
    mutable std::mutex mutex_;
    std::vector<seen> seen_;
    std::thread thread_;
};

inline void say(SSL* ssl, std::string_view text) {
    SSL_write(ssl, text.data(), static_cast<int>(text.size()));
}

inline std::string hear(SSL* ssl) {
    std::string text(65536, '\0');
    const int count = SSL_read(ssl, text.data(), static_cast<int>(text.size()));
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

}  // namespace ferry::test
