#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

namespace ferry::net {

namespace asio = boost::asio;

namespace {

int slot_index() {
    static const int index = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return index;
}

// TLS 1.3 tickets arrive after the handshake; the newest one is kept for the next connection.
int keep_session(SSL* ssl, SSL_SESSION* session) {
    auto* slot = static_cast<tls_session_slot*>(SSL_get_ex_data(ssl, slot_index()));
    if (slot == nullptr) return 0;
    SSL_SESSION_free(slot->session);
    slot->session = session;
    return 1;
}

}  // namespace

std::string take_openssl_error() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
    return text == nullptr ? "the connection broke off" : text;
}

tls_client::tls_client(const tls_settings& settings)
    : context_(SSL_CTX_new(TLS_client_method())), verify_(settings.verify) {
    if (context_ == nullptr) throw std::runtime_error("OpenSSL gave no TLS context: " + take_openssl_error());
    const bool is_bounded = SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION) == 1;
    SSL_CTX_set_options(context_, SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_mode(context_, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                   SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_session_cache_mode(context_, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context_, keep_session);
    static const unsigned char alpn[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
    const bool speaks_http = SSL_CTX_set_alpn_protos(context_, alpn, sizeof alpn) == 0;
    if (!is_bounded || !speaks_http) {
        SSL_CTX_free(context_);
        throw std::runtime_error("OpenSSL does not take the settings of TLS: " + take_openssl_error());
    }
    SSL_CTX_set_verify(context_, settings.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    const bool trusted = settings.ca_file.empty()
                             ? SSL_CTX_set_default_verify_paths(context_) == 1
                             : SSL_CTX_load_verify_locations(context_, settings.ca_file.c_str(), nullptr) == 1;
    try {
        if (!trusted) {
            throw std::runtime_error("upstream.ca_file '" + settings.ca_file +
                                     "' cannot be used: " + take_openssl_error() +
                                     ". Name a readable PEM file of certificates, or leave it empty for the system's.");
        }
        const tls_file_names names{"upstream.client_certificate", "upstream.client_key", "Ferry's own"};
        if (!settings.client.certificate.empty()) use_files(context_, settings.client, names);
    } catch (...) {
        SSL_CTX_free(context_);
        throw;
    }
}

tls_client::~tls_client() {
    SSL_CTX_free(context_);
}

// Asks for the name, and demands a certificate for it.
bool tls_client::expect(SSL* ssl, const std::string& sni, const std::string& host) const {
    if (!sni.empty() && SSL_set_tlsext_host_name(ssl, sni.c_str()) != 1) return false;
    if (!verify_) return true;
    if (sni.empty()) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1;
    SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return SSL_set1_host(ssl, sni.c_str()) == 1;
}

result<std::unique_ptr<tls_stream>> tls_client::wrap(owned_socket socket, const std::string& sni,
                                                     const std::string& host, std::shared_ptr<tls_session_slot> slot) {
    ERR_clear_error();
    SSL* ssl = SSL_new(context_);
    if (ssl == nullptr || SSL_set_fd(ssl, socket.fd()) != 1 || SSL_set_ex_data(ssl, slot_index(), slot.get()) != 1) {
        SSL_free(ssl);
        ERR_clear_error();
        return fault::self(fault_code::overloaded, "No memory for a connection to the upstream: try again shortly.");
    }
    auto secured = std::make_unique<tls_stream>(std::move(socket), ssl, slot);
    SSL_set_connect_state(ssl);
    if (slot->session != nullptr) SSL_set_session(ssl, slot->session);
    if (!expect(ssl, sni, host)) {
        ERR_clear_error();
        return fault::upstream(fault_code::upstream_tls_error, retry_advice::next_candidate,
                               "No TLS connection to the upstream could be made.",
                               "TLS: no certificate could be checked against the host '" + host + "'.");
    }
    return secured;
}

tls_stream::tls_stream(owned_socket socket, SSL* ssl, std::shared_ptr<tls_session_slot> slot)
    : socket_stream(std::move(socket)), ssl_(ssl), slot_(std::move(slot)) {}

tls_stream::~tls_stream() {
    // Without this OpenSSL takes the session for broken and refuses to resume it.
    SSL_set_shutdown(ssl_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(ssl_);
}

// SSL_get_error(), and what the kernel must have told OpenSSL.
int tls_stream::why(int outcome) noexcept {
    const int reason = SSL_get_error(ssl_, outcome);
    if (reason == SSL_ERROR_WANT_READ) source().note_nothing_to_read();
    if (reason == SSL_ERROR_WANT_WRITE) source().note_no_room();
    has_failed_ = has_failed_ || reason == SSL_ERROR_SSL || reason == SSL_ERROR_SYSCALL;
    return reason;
}

asio::awaitable<io_status> tls_stream::negotiate() {
    for (;;) {
        ERR_clear_error();
        const int done = SSL_do_handshake(ssl_);
        if (done == 1) co_return io_status::ok;
        const int reason = why(done);
        auto ready = io_status::failed;
        if (reason == SSL_ERROR_WANT_READ) ready = co_await wait_readable();
        if (reason == SSL_ERROR_WANT_WRITE) ready = co_await wait_writable();
        if (ready != io_status::ok) co_return ready;
    }
}

asio::awaitable<std::optional<fault>> tls_stream::handshake() {
    const auto done = co_await negotiate();
    if (done == io_status::ok) co_return std::nullopt;
    if (done == io_status::interrupted) co_return fault::self(fault_code::client_gone, "interrupted");
    auto reason = take_openssl_error();
    if (const auto verdict = SSL_get_verify_result(ssl_); verdict != X509_V_OK) {
        reason = X509_verify_cert_error_string(verdict);
    }
    co_return fault::upstream(fault_code::upstream_tls_error, retry_advice::next_candidate,
                              "No TLS connection to the upstream could be made.", "TLS: " + reason + ".");
}

asio::awaitable<bool> tls_stream::secure() {
    const auto done = co_await negotiate();
    if (done == io_status::failed && ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST) refuse_plain_http();
    ERR_clear_error();
    co_return done == io_status::ok;
}

// Somebody wrote http:// for https://, and hears so in the language that was spoken.
void tls_stream::refuse_plain_http() noexcept {
    static constexpr std::string_view answer =
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: 152\r\n\r\n"
        R"({"error":{"message":"This port speaks TLS: write https:// in the base_url.","type":"invalid_request_error",)"
        R"("param":null,"code":"invalid_request_error"}})";
    static_assert(answer.size() - answer.find("\r\n\r\n") - 4 == 152);
    // What lies unread would make the kernel throw the answer away.
    char unread[4096];
    while (::recv(fd(), unread, sizeof unread, MSG_DONTWAIT) > 0) {
    }
    if (::send(fd(), answer.data(), answer.size(), MSG_DONTWAIT | MSG_NOSIGNAL) > 0) ::shutdown(fd(), SHUT_WR);
}

io_result tls_stream::try_read(std::span<char> into) noexcept {
    ERR_clear_error();
    const int count = SSL_read(ssl_, into.data(), static_cast<int>(std::min<std::size_t>(into.size(), 1u << 30)));
    if (count > 0) return {static_cast<std::size_t>(count), io_status::ok, 0};
    const int reason = why(count);
    source().reads_need_room(reason == SSL_ERROR_WANT_WRITE);
    if (reason == SSL_ERROR_WANT_READ || reason == SSL_ERROR_WANT_WRITE) return {0, io_status::would_block, 0};
    if (reason == SSL_ERROR_ZERO_RETURN) return {0, io_status::eof, 0};
    return failed();
}

io_result tls_stream::failed() noexcept {
    const int number = errno;
    ERR_clear_error();
    return {0, io_status::failed, number};
}

io_result tls_stream::try_write(std::span<const iovec> pieces) noexcept {
    // One record per call where it fits: a head and the first event travel together, as they do without TLS.
    constexpr std::size_t record = 16384;
    static thread_local std::vector<char> gathered(record);
    const char* data = static_cast<const char*>(pieces.front().iov_base);
    std::size_t size = pieces.front().iov_len;
    if (pieces.size() > 1 && size < record) {
        size = 0;
        for (const auto& one : pieces) {
            const auto step = std::min(one.iov_len, record - size);
            std::memcpy(gathered.data() + size, one.iov_base, step);
            size += step;
            if (size == record) break;
        }
        data = gathered.data();
    }
    ERR_clear_error();
    const int count = SSL_write(ssl_, data, static_cast<int>(std::min(size, record)));
    if (count > 0) return {static_cast<std::size_t>(count), io_status::ok, 0};
    const int reason = why(count);
    if (reason == SSL_ERROR_WANT_WRITE || reason == SSL_ERROR_WANT_READ) return {0, io_status::would_block, 0};
    return failed();
}

// OpenSSL may hold what the kernel has no more.
bool tls_stream::may_read() const {
    return SSL_has_pending(ssl_) == 1 || socket_stream::may_read();
}

// The other side must be able to tell this end from one that somebody else made.
void tls_stream::shut_down_writes() {
    if (is_open()) say_goodbye();
    socket_stream::shut_down_writes();
}

// What this leaves among OpenSSL's errors would be taken for the next connection's.
void tls_stream::say_goodbye() noexcept {
    if (has_failed_ || SSL_in_init(ssl_) == 1) return;
    SSL_shutdown(ssl_);
    ERR_clear_error();
}

void tls_stream::close(bool abortive) {
    if (is_open() && !abortive && !interrupted()) say_goodbye();
    socket_stream::close(abortive);
}

}  // namespace ferry::net
