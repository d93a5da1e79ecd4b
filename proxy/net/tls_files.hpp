// A certificate and its key, from files into a TLS context.
#pragma once

#include <openssl/ssl.h>

#include <string>

namespace ferry::net {

// PEM files: the chain, the own certificate first, and the key without a password.
struct tls_files {
    std::string certificate, key;

    bool operator==(const tls_files&) const = default;
};

// What the configuration calls the two, for whoever reads that they are of no use.
struct tls_file_names {
    std::string certificate, key;
    std::string whose;  // certificate stands first
};

// Throws std::runtime_error with one sentence: which file cannot be read or used and why, or that the two do not belong
// together.
void use_files(SSL_CTX* context, const tls_files& files, const tls_file_names& names);

}  // namespace ferry::net
