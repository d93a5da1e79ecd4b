// One message to the receiver of a webhook.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "catalog/endpoint.hpp"
#include "limits/webhook_options.hpp"
#include "net/buffer_pool.hpp"
#include "net/interrupt_slot.hpp"
#include "net/timer_wheel.hpp"
#include "store/budget_store.hpp"
#include "upstream/name_lookup.hpp"
#include "upstream/pool.hpp"

namespace ferry::limits {

struct webhook_message {
    store::budget_notice of;
    std::string id, event;
    std::string body;  // JSON
};

// "sha256=" and the HMAC-SHA256 of `text` in lower-case hexadecimal digits. Throws std::runtime_error: OpenSSL refuses.
std::string signature_of(std::string_view key, std::string_view text);

// The way to one receiver, with an event loop of its own. Owned by: a webhook; its thread, but for hasten().
class webhook_call {
public:
    // Throws std::runtime_error and std::invalid_argument: what cannot be used.
    explicit webhook_call(const webhook_options& chosen);
    ~webhook_call();
    webhook_call(const webhook_call&) = delete;
    webhook_call& operator=(const webhook_call&) = delete;

    // Posts it and waits for the head of an answer, until then at the most. "" if it was a success (2xx), else what
    // went wrong, for operators. Blocks.
    std::string post(const webhook_message& message, steady::time_point until);
    // Any thread: a call under way ends then at the latest.
    void hasten(steady::time_point until);
    // Scheme, host and port.
    const std::string& label() const { return where_.label; }

private:
    boost::asio::awaitable<void> exchange(const webhook_message& message, steady::time_point until);
    boost::asio::awaitable<void> read_status(upstream::connection& c);
    std::string head_of(const webhook_message& message) const;

    const catalog::endpoint where_;
    const secret key_;
    boost::asio::io_context context_{1};
    net::timer_wheel wheel_{context_};
    net::buffer_pool buffers_;
    upstream::name_lookup lookup_;
    upstream::name_cache names_{lookup_};
    upstream::pool pool_;
    net::interrupt_slot slot_;
    net::deadline limit_{wheel_};
    steady::time_point until_{};
    std::string failed_;
};

}  // namespace ferry::limits
