#include "limits/webhook_call.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

#include "base/ascii.hpp"
#include "net/executor.hpp"

namespace ferry::limits {

namespace asio = boost::asio;

namespace {

catalog::endpoint receiver_at(const std::string& url) {
    auto parsed = catalog::parse_endpoint(url);
    if (!parsed) throw std::invalid_argument("budget.webhook: " + parsed.error().message);
    return std::move(*parsed);
}

}  // namespace

std::string signature_of(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), digest.data(), &size) ==
        nullptr)
        throw std::runtime_error("cannot compute HMAC-SHA256: the OpenSSL library refuses");
    std::string made = "sha256=";
    for (unsigned i = 0; i != size; ++i) append_hex(made, digest[i]);
    return made;
}

webhook_call::webhook_call(const webhook_options& chosen)
    : where_(receiver_at(chosen.url)), key_(chosen.key), pool_(context_, wheel_, buffers_, names_, chosen.reach) {
    limit_.on_expiry([this] { slot_.interrupt(); });
}

webhook_call::~webhook_call() {
    lookup_.stop();
}

std::string webhook_call::post(const webhook_message& message, steady::time_point until) {
    failed_.clear();
    slot_.reset();
    until_ = until;
    context_.restart();
    net::spawn(context_, exchange(message, until), [this](const std::string& what) {
        failed_ = what;
        context_.stop();
    });
    context_.run();
    return failed_;
}

void webhook_call::hasten(steady::time_point until) {
    net::post_to(context_, [this, until] {
        if (limit_.armed() && until < until_) limit_.arm(until);
    });
}

asio::awaitable<void> webhook_call::exchange(const webhook_message& message, steady::time_point until) {
    limit_.arm(until);
    auto connected = co_await pool_.connect(where_, until, slot_);
    if (connected) {
        const upstream::lease lease = std::move(*connected);
        auto& c = *lease.operator->();
        const net::interrupt_slot::holder waiting(slot_, *c.stream);
        const auto head = head_of(message);
        std::array<iovec, 2> pieces = {net::piece(head), net::piece(message.body)};
        co_await c.stream->write_all(pieces);  // if it fails, an answer may have come all the same
        co_await read_status(c);
    } else {
        const auto& why = connected.error();
        failed_ = why.for_operator.empty() ? why.message : why.message + " " + why.for_operator;
    }
    if (!failed_.empty() && slot_.interrupted()) failed_ = "it did not answer in time";
    limit_.cancel();
    context_.stop();  // the wheel's timer may be set for a deadline that nobody waits for any more
}

asio::awaitable<void> webhook_call::read_status(upstream::connection& c) {
    c.reader.reset();
    for (;;) {
        const auto progress = c.reader.read_head(c.unread());
        const bool is_whole = progress && *progress == net::http_reader::progress::done;
        if (!progress || (!is_whole && c.end == c.buffer.size())) {
            failed_ = "what it answers is no HTTP";
            co_return;
        }
        if (is_whole) {
            const auto status = c.reader.head().status;
            c.begin += c.reader.head_size();
            c.reader.reset();
            if (status < 200) continue;
            if (status >= 300) failed_ = fmt::format("it answered with status {}", status);
            co_return;
        }
        const std::span<char> into(c.buffer.data() + c.end, c.buffer.size() - c.end);
        const auto read = co_await c.stream->read_some(into);
        c.end += read.bytes;
        if (read.status == net::io_status::ok) continue;
        failed_ = "it closed the connection without an answer";
        co_return;
    }
}

std::string webhook_call::head_of(const webhook_message& message) const {
    auto head = fmt::format("POST {} HTTP/1.1\r\nhost: {}\r\n", where_.target, where_.host_header);
    head += fmt::format("user-agent: ferry/{}\r\nconnection: close\r\n", FERRY_VERSION);
    head += fmt::format(
        "x-ferry-event: {}\r\n"
        "x-ferry-delivery: {}\r\n",
        message.event, message.id);
    if (!key_.empty()) head += "x-ferry-signature: " + signature_of(key_.reveal(), message.body) + "\r\n";
    return head + fmt::format("content-type: application/json\r\ncontent-length: {}\r\n\r\n", message.body.size());
}

}  // namespace ferry::limits
