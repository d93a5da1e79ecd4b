#include "relay/request/body.hpp"

#include "base/ending_faults.hpp"
#include "net/content_expansion.hpp"
#include "openai/chat_scanner.hpp"
#include "openai/form_boundary.hpp"
#include "relay/exchange/client_write.hpp"
#include "relay/request/body_limits.hpp"
#include "relay/request/form_body.hpp"

namespace ferry::relay {

namespace asio = boost::asio;

namespace {

// Of a body that is read where it will lie: it is scanned at once, and others wait meanwhile.
constexpr std::size_t most_at_once = 65536;

fault bad_coding() {
    return fault::client(fault_code::invalid_request,
                         "The request body is not in the coding that Content-Encoding names, or it is cut short.");
}

fault takes_no_body() {
    return fault::client(fault_code::invalid_request, "This request takes no body: send it without one.");
}

// One step of reading: what is decoded goes into the body and past the scanner.
class body_reading {
public:
    explicit body_reading(request& x)
        : x_(x),
          scanner_(scan_limits(x)),
          expansion_(net::content_expansion::of(x.head, {.bytes = most_body_bytes(x)})) {
        if (x.operation.body != openai::body_kind::form) return;
        const auto boundary = openai::form_boundary(x.head.content_type.value_or(""));
        form_.emplace(x, *boundary);  // admission has seen it
    }
    ~body_reading() { x_.core.bodies.give_back(counted_); }
    body_reading(const body_reading&) = delete;
    body_reading& operator=(const body_reading&) = delete;

    // Whether what is read is what stays.
    bool in_place() const { return !form_ && x_.head.framing == net::body_framing::length && !expansion_; }

    // Takes what was read ahead with the head, or with the last chunk; of a compressed body no more than one slice.
    std::optional<fault> take_buffered() {
        payload_.clear();
        const auto consumed = x_.client.reader.read_body(x_.client.unread(), payload_);
        if (!consumed) return consumed.error();
        x_.client.consume(*consumed);
        if (!expansion_) return take(payload_);
        expansion_->add(payload_);
        return take_slice();
    }

    // Of what was read of a compressed body there is more.
    bool has_more() const { return expansion_ && expansion_->has_more(); }
    std::optional<fault> take_slice() {
        using verdict = net::content_expansion::verdict;
        payload_.clear();
        expansion_->make_room();
        const auto says = expansion_->expand(payload_);
        // What came out before it broke may be anything: it is not what the client meant to say.
        if (says == verdict::broken || says == verdict::unknown) return bad_coding();
        if (auto refused = take(payload_)) return refused;
        if (says == verdict::too_large) return body_too_large(most_body_bytes(x_));
        return count_memory();
    }

    // A body of known length is read straight to where it stays.
    std::optional<fault> take_in_place(std::size_t bytes) {
        const std::string_view piece(x_.body.view().data() + x_.body.size(), bytes);
        payload_.clear();
        const auto consumed = x_.client.reader.read_body(piece, payload_);
        if (!consumed) return consumed.error();
        x_.body.added(bytes);
        return scanner_.feed(piece);
    }

    std::optional<fault> finish() {
        if (expansion_ && !expansion_->complete()) return bad_coding();
        if (form_) return form_->finish();
        if (is_left_out()) {
            x_.asked.stream = asks_stream_in_query();
            return std::nullopt;
        }
        if (x_.operation.body == openai::body_kind::none) return takes_no_body();
        auto scanned = scanner_.finish();
        if (!scanned) return scanned.error();
        x_.asked = std::move(*scanned);
        if (x_.operation.streams == openai::stream_kind::none) x_.asked.stream = false;
        return std::nullopt;
    }

private:
    // What takes no body, or may go without, has none.
    bool is_left_out() const {
        using openai::body_kind;
        const auto wanted = x_.operation.body;
        return x_.body.size() == 0 && (wanted == body_kind::none || wanted == body_kind::optional);
    }
    // As an answer that was made before is asked for.
    bool asks_stream_in_query() const {
        const auto target = x_.head.target;
        const auto query = target.substr(std::min(target.find('?'), target.size()));
        return x_.operation.streams != openai::stream_kind::none && x_.operation.takes_query &&
               (query.find("?stream=true") != query.npos || query.find("&stream=true") != query.npos);
    }
    static openai::scan_limits scan_limits(const request& x) {
        openai::scan_limits limits;
        limits.depth = static_cast<int>(x.settings->json_depth);
        return limits;
    }

    std::optional<fault> take(const piece_list& pieces) {
        for (const auto piece : pieces) {
            if (form_) {
                if (auto refused = form_->take(piece)) return refused;
                continue;
            }
            if (x_.body.size() + piece.size() > most_body_bytes(x_)) return body_too_large(most_body_bytes(x_));
            if (!x_.body.append(piece)) return no_memory_for_body();
            if (auto refused = scanner_.feed(piece)) return refused;
        }
        return std::nullopt;
    }

    // What a coding remembers of a body counts like the body: up to 16 MiB for a few bytes from the client.
    std::optional<fault> count_memory() {
        const auto held = expansion_->memory();
        if (held > counted_ && !x_.core.bodies.take(held - counted_)) return no_memory_for_body();
        if (held < counted_) x_.core.bodies.give_back(counted_ - held);
        counted_ = held;
        return std::nullopt;
    }

    request& x_;
    openai::chat_scanner scanner_;
    std::optional<form_body> form_;
    std::unique_ptr<net::content_expansion> expansion_;
    std::size_t counted_ = 0;
    piece_list payload_;
};

fault why_stopped(request& x, const net::deadline& limit) {
    if (limit.expired()) {
        return fault::client(fault_code::request_timeout,
                             "The request body did not arrive in time: send it faster, or less of it.");
    }
    if (x.stopping()) return ferry_is_stopping();
    x.gone = true;
    return fault::client(fault_code::client_gone, "the client went away while sending its request");
}

// What was read expands to much: others have their turn between two slices of it.
asio::awaitable<std::optional<fault>> take_slices(request& x, body_reading& reading) {
    std::optional<fault> refused;
    while (!refused && reading.has_more()) {
        co_await x.client.stream->source().until_turn_ends();
        refused = reading.take_slice();
    }
    co_return refused;
}

// Reads once, to where the next bytes belong.
asio::awaitable<std::optional<fault>> read_more(request& x, body_reading& reading, const net::deadline& limit) {
    const bool in_place = reading.in_place();
    std::span<char> into;
    if (in_place) {
        into = x.body.room(static_cast<std::size_t>(x.head.content_length) - x.body.size());
        if (into.empty()) co_return no_memory_for_body();
        into = into.first(std::min(into.size(), most_at_once));
    } else {
        into = x.client.space();
        if (into.empty()) {
            co_return fault::client(fault_code::bad_framing, "A chunk header of the request body is too long.");
        }
    }
    const net::interrupt_slot::holder waiting(x.waiting, *x.client.stream);
    const auto before = steady::now();
    const auto got = co_await x.client.stream->read_some(into);
    const auto waited = us_between(before, steady::now());
    x.waited_us += waited;
    x.body_us += waited;
    if (got.status != net::io_status::ok) co_return why_stopped(x, limit);
    if (in_place) co_return reading.take_in_place(got.bytes);
    x.client.end += got.bytes;
    co_return reading.take_buffered();
}

// Whether the whole body was read together with the head, as most are.
bool body_is_here(const request& x) {
    if (x.head.content_encoding) return false;  // what it expands to may take several turns
    if (x.head.framing == net::body_framing::chunked) return false;
    return x.head.framing == net::body_framing::none || x.client.unread().size() >= x.head.content_length;
}

std::optional<fault> take_request(request& x) {
    body_reading reading(x);
    const auto behind_head = x.client.begin;
    if (auto refused = reading.take_buffered()) {
        x.keep_alive = false;
        return refused;
    }
    // What was pipelined behind the body moves up, so that there is room to notice the client's end.
    x.client.compact(behind_head);
    x.body_bytes = x.body.size();
    return reading.finish();
}

}  // namespace

asio::awaitable<std::optional<fault>> read_request(request& x) {
    if (body_is_here(x)) co_return take_request(x);
    const bool keeps_alive = x.keep_alive;
    x.keep_alive = false;
    body_reading reading(x);
    const auto behind_head = x.client.begin;
    auto refused = reading.take_buffered();
    if (!refused && reading.has_more()) refused = co_await take_slices(x, reading);
    if (refused) co_return refused;
    // A client of HTTP/1.0 does not know 100 Continue (RFC 9110 section 10.1.1).
    if (!x.client.reader.body_done() && x.head.version != 10 && x.head.find("expect")) {
        if (!co_await send_continue(x)) x.gone = true;
    }
    net::deadline limit(x.core.wheel);
    if (!x.client.reader.body_done()) {
        limit.on_expiry([&x] { x.waiting.poke(); });
        limit.arm(steady::now() + x.settings->body_timeout);
    }
    while (!x.client.reader.body_done()) {
        x.client.compact(behind_head);
        refused = co_await read_more(x, reading, limit);
        if (!refused && reading.has_more()) refused = co_await take_slices(x, reading);
        if (refused) co_return refused;
    }
    // What was pipelined behind the body moves up too, so that there is room to notice the client's end.
    x.client.compact(behind_head);
    x.keep_alive = keeps_alive && x.core.phase == run_phase::serving;
    x.body_bytes = x.body.size();
    co_return reading.finish();
}

}  // namespace ferry::relay
