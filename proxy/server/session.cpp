#include "server/session.hpp"

#include "relay/answer/whole_answer.hpp"
#include "relay/books/access_line.hpp"
#include "relay/books/counters.hpp"
#include "relay/books/settle.hpp"
#include "relay/relay.hpp"
#include "relay/request/admission.hpp"
#include "server/compare.hpp"
#include "server/find_operation.hpp"
#include "server/models.hpp"

namespace ferry::server {

namespace asio = boost::asio;
using relay::run_phase;

namespace {

constexpr auto linger_time = std::chrono::seconds(2);
constexpr std::string_view unknown = "unknown";  // the operation of what is none
constexpr auto refusal_time = std::chrono::milliseconds(1000);

// Counts an exchange of a client for as long as it lives.
class open_exchange {
public:
    open_exchange(relay::counters& counts, bool is_client) : counts_(counts), step_(is_client ? 1 : 0) {
        if (is_client) relay::count(counts_.requests);
        counts_.open_exchanges.fetch_add(step_, std::memory_order_relaxed);
    }
    ~open_exchange() { counts_.open_exchanges.fetch_sub(step_, std::memory_order_relaxed); }
    open_exchange(const open_exchange&) = delete;
    open_exchange& operator=(const open_exchange&) = delete;

private:
    relay::counters& counts_;
    std::int64_t step_;
};

}  // namespace

session::session(const session_context& context, std::unique_ptr<net::byte_stream> stream, std::optional<fault> refused)
    : context_(context),
      link_(std::move(stream), context.bounds.header_bytes),
      limit_(context.services.wheel),
      refused_(std::move(refused)) {
    limit_.on_expiry([this] { link_.stream->interrupt(); });
    link_.stream->source().goes_first();
    context_.registry.add(*this);
    if (context_.ops == nullptr) relay::count(context_.services.counts.connections);
}

session::~session() {
    context_.registry.remove(*this);
}

void session::drain(std::chrono::milliseconds patience) {
    if (idle_) limit_.arm(steady::now() + patience);
    if (current_ != nullptr && !current_->head_sent) current_->keep_alive = false;
    if (current_ != nullptr && current_->reads_on) current_->end_drain();
}

void session::stop() {
    stopped_ = true;
    keep_alive_ = false;
    if (current_ == nullptr) {
        link_.stream->interrupt();
    } else {
        current_->waiting.interrupt();
    }
}

void session::make_room() {
    unwanted_ = true;
    keep_alive_ = false;
    link_.stream->interrupt();
}

void session::set_idle(bool idle) {
    idle_ = idle;
    if (idle) {
        context_.registry.begin_idle(*this);
    } else {
        context_.registry.end_idle(*this);
    }
}

// Where the first request will be refused whatever it is (too many connections), it has a second at most to come.
std::chrono::milliseconds session::time_for_head(std::chrono::milliseconds usual) const {
    return context_.registry.idle_time(refused_ ? std::min(usual, refusal_time) : usual);
}

asio::awaitable<void> session::run() {
    auto state = head_state::ready;
    if (!co_await secure()) {
        link_.stream->close(false);
        co_return;
    }
    do {
        state = co_await read_head();
        limit_.cancel();
        if (state != head_state::ready) break;
        co_await serve_request();
        link_.compact(0);
    } while (keep_alive_);
    if (cut_) {
        link_.stream->close(true);
    } else if (state != head_state::closed && !(stopped_ && context_.ops != nullptr)) {
        co_await linger();
    }
    link_.stream->close(false);
}

// The TLS handshake, which has as long as a head.
asio::awaitable<bool> session::secure() {
    limit_.arm(steady::now() + time_for_head(context_.bounds.header_timeout));
    co_return co_await link_.stream->secure();
}

// The time for a head runs from its first byte, in total; before that the connection is merely idle.
asio::awaitable<session::head_state> session::read_head() {
    auto& stream = *link_.stream;
    link_.reader.reset();
    set_idle(link_.unread().empty());
    limit_.arm(steady::now() +
               (idle_ ? time_for_head(context_.bounds.keepalive_timeout) : context_.bounds.header_timeout));
    bool skipped_blank = false, began = false;
    for (;;) {
        // One blank line before a request is forgiven (RFC 9112 section 2.2).
        if (!skipped_blank && link_.unread().starts_with("\r\n")) {
            link_.consume(2);
            skipped_blank = true;
        }
        if (!link_.unread().empty() && link_.unread() != "\r") {
            const auto progress = link_.reader.read_head(link_.unread());
            if (!progress) {
                co_await refuse_head(progress.error());
                co_return head_state::refused;
            }
            if (*progress == net::http_reader::progress::done) {
                set_idle(false);
                stream.resume();
                co_return head_state::ready;
            }
        }
        // The beginning of a head is here, but not all of it: now header_timeout counts. A head that came in one piece
        // was done with above, without the cost of setting the timer.
        if (began) limit_.arm(steady::now() + context_.bounds.header_timeout);
        began = false;
        auto got = stream.read_now(link_.space());
        while (got.status == net::io_status::would_block) {
            co_await stream.source().until_readable();
            got = stream.read_now(link_.space());
        }
        const bool is_late = got.status == net::io_status::interrupted && (limit_.expired() || unwanted_);
        if (is_late) stream.resume();
        if (is_late && !idle_ && !limit_.expired()) continue;
        if (is_late && !idle_) {
            const auto late = fault::client(fault_code::request_timeout, "The request's head did not arrive in time.");
            co_await refuse_head(late);
            co_return head_state::refused;
        }
        // The time is up, or the place is wanted for others. Bytes may have come in the same moment: they are served.
        if (is_late) got = stream.try_read(link_.space());
        if (got.status != net::io_status::ok) co_return head_state::closed;
        began = began || idle_;
        if (idle_) set_idle(false);
        link_.end += got.bytes;
    }
}

asio::awaitable<void> session::refuse_head(const fault& why) {
    auto& services = context_.services;
    relay::count(services.counts.refused_framing);
    relay::http_exchange x(services, link_, unknown);
    x.keep_alive = false;
    current_ = &x;
    relay::note_failure(x, why);
    co_await relay::send_error(x, why);
    current_ = nullptr;
    if (context_.ops == nullptr) relay::log_access(x);
}

asio::awaitable<void> session::serve_request() {
    const open_exchange counted(context_.services.counts, context_.ops == nullptr);
    link_.consume(link_.reader.head_size());
    if (refused_) {
        relay::http_exchange x(context_.services, link_, unknown);
        begin(x);
        x.keep_alive = false;
        result<matched_operation> nowhere(*refused_);
        co_await answer(x, std::move(nowhere));
        relay::log_access(x);
        end(x);
    } else if (context_.ops == nullptr) {
        co_await serve_client();
    } else {
        relay::http_exchange x(context_.services, link_, unknown);
        begin(x);
        co_await answer_ops(x, *context_.ops);
        end(x);
    }
}

asio::awaitable<void> session::serve_client() {
    const auto& models = context_.services.current.models;
    const auto is_further = [&models](std::string_view below) { return models && models->has_further_path(below); };
    auto found = find_operation(link_.reader.head().method, link_.reader.head().target, is_further);
    if (found && openai::asks_more(*found->what)) {
        const bool is_inner = context_.caller != nullptr;  // it is a part of one that was let in
        if (context_.shedder.is_shedding() && !is_inner) [[unlikely]] {
            if (auto why = context_.shedder.refusal()) return refuse_for_load(std::move(*found), std::move(*why));
        }
        return relay_request(std::move(*found));
    }
    return answer_here(std::move(found));
}

asio::awaitable<void> session::answer_here(result<matched_operation> found) {
    relay::http_exchange x(context_.services, link_, found ? found->what->name : unknown);
    begin(x);
    const bool asks_leave = !found && x.head.method == "OPTIONS" && context_.cors.is_on();
    if (asks_leave && !found.error().allow.empty()) {
        co_await answer_preflight(x, found.error().allow);
    } else {
        co_await answer(x, std::move(found));
    }
    relay::log_access(x);
    end(x);
}

void session::begin(relay::http_exchange& x) {
    x.keep_alive = keep_alive_ && x.head.keep_alive && context_.services.phase == run_phase::serving;
    current_ = &x;
    if (context_.ops != nullptr) return;
    auto forwarded = context_.proxies.client_of(link_.address, x.head);
    if (!forwarded.empty()) x.client_address = std::move(forwarded);
    if (context_.caller != nullptr) {
        x.client_address = context_.caller->address;
        x.operation_name = context_.caller->operation;
    }
    x.browser_headers = context_.cors.answer_headers(x.head);
    relay::note_client_id(x);
}

void session::end(relay::http_exchange& x) {
    current_ = nullptr;
    keep_alive_ = keep_alive_ && x.keep_alive && link_.reader.body_done();
    cut_ = x.cut;
}

// The last answer must reach a client that is still sending: closing with unread bytes would make the kernel send RST
// and throw the answer away (RFC 9112 section 9.6).
asio::awaitable<void> session::linger() {
    auto& stream = *link_.stream;
    if (!stream.is_open()) co_return;
    stream.resume();
    stream.shut_down_writes();
    net::deadline limit(context_.services.wheel);
    limit.on_expiry([&stream] { stream.interrupt(); });
    limit.arm(steady::now() + linger_time);
    link_.begin = link_.end = 0;
    net::io_result got;
    while (got.status == net::io_status::ok) {
        got = co_await stream.read_some(link_.space());
    }
}

}  // namespace ferry::server
