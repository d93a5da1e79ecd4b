#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace ferry::bench {

struct tls_context_free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using tls_context = std::unique_ptr<SSL_CTX, tls_context_free>;

// SSL_CTX_set_min_proto_version and its like; 0 is whatever the library allows.
struct tls_versions {
    int lowest = 0, highest = 0;
};

// A server's context: PEM chain and key, ALPN http/1.1, session tickets on (so that resumption can be tested).
// Throws std::runtime_error that names the file at fault.
tls_context make_tls_context(const std::string& certificate_file, const std::string& key_file, tls_versions allowed);

// A client's context, ALPN http/1.1: verifies the server by the certificates of the machine or of `ca_file` ("": none),
// or not at all. Throws std::runtime_error that names the file at fault.
tls_context make_client_tls_context(bool verifies, const std::string& ca_file);

}  // namespace ferry::bench
