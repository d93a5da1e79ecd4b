#include "net/tls_files.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "net/tls.hpp"

namespace ferry::net {

namespace {

// Nobody is there to type one.
int no_password(char*, int, int, void*) {
    return -1;
}

// OpenSSL's own words for a file that cannot be opened name neither the file nor the reason.
void require_readable(const std::string& key, const std::string& file) {
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) throw std::runtime_error(key + ": " + file + " cannot be read: " + std::strerror(errno));
    ::close(fd);
}

}  // namespace

void use_files(SSL_CTX* context, const tls_files& files, const tls_file_names& names) {
    require_readable(names.certificate, files.certificate);
    require_readable(names.key, files.key);
    SSL_CTX_set_default_passwd_cb(context, no_password);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1) {
        throw std::runtime_error(names.certificate + ": " + files.certificate + " cannot be used (" +
                                 take_openssl_error() + "); name a PEM file with " + names.whose +
                                 " certificate first");
    }
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1) return;
    const auto code = ERR_peek_error();
    const auto reason = take_openssl_error();
    if (ERR_GET_LIB(code) == ERR_LIB_X509 || ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH) {
        throw std::runtime_error(names.key + ": " + files.key + " is not the key of the certificate in " +
                                 files.certificate);
    }
    throw std::runtime_error(names.key + ": " + files.key + " cannot be used (" + reason +
                             "); name a PEM file with a key that has no password");
}

}  // namespace ferry::net
