// TLS towards clients: the certificate, its key, and what is agreed upon with whom.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "net/tls.hpp"
#include "net/tls_files.hpp"

namespace ferry::net {

// Immutable; shared by the cores, which replace it as a whole when the files are read again. Any thread.
class tls_server {
public:
    // Reads the files. With `before`, tickets it gave out resume sessions here too. Throws std::runtime_error with one
    // sentence: which file cannot be read or used and why, or that the two do not belong together.
    explicit tls_server(const tls_files& files, const tls_server* before = nullptr);
    ~tls_server();
    tls_server(const tls_server&) = delete;
    tls_server& operator=(const tls_server&) = delete;

    // Takes an accepted socket, whose secure() is to be awaited first. Null without memory.
    std::unique_ptr<tls_stream> wrap(owned_socket socket) const;

private:
    SSL_CTX* context_;
};

}  // namespace ferry::net
