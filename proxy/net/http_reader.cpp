#include "net/http_reader.hpp"

#include <boost/beast/http/basic_parser.hpp>

namespace ferry::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

namespace {

constexpr std::size_t most_extension_bytes = 256;
// "0\r\n\r\n": whatever chunk comes next, at least this many bytes are still to come.
constexpr std::size_t least_chunk_bytes = 5;

// Beast's grammar with callbacks that record views. Fields after the last chunk (trailers) go nowhere.
template <bool is_request>
class view_parser final : public http::basic_parser<is_request> {
public:
    view_parser(http_head& head, std::size_t header_limit) : head_(head) {
        this->eager(true);
        this->body_limit(boost::none);
        // strict_http has bounded the head already; Beast's own bound must only not be the smaller one.
        this->header_limit(static_cast<std::uint32_t>(header_limit + 1024));
    }

    std::vector<std::string_view>* payload = nullptr;
    bool bad_extension = false;
    std::uint64_t chunk_left = 0;  // of the current chunk's data; 0 between chunks

private:
    void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                         error_code& ec) override {
        ec = {};
        head_.method = {method.data(), method.size()};
        head_.target = {target.data(), target.size()};
        head_.version = version;
    }
    void on_response_impl(int status, beast::string_view, int version, error_code& ec) override {
        ec = {};
        head_.status = status;
        head_.version = version;
    }
    void on_field_impl(http::field, beast::string_view name, beast::string_view value, error_code& ec) override {
        ec = {};
        if (!header_done_) head_.fields.push_back({{name.data(), name.size()}, {value.data(), value.size()}});
    }
    void on_header_impl(error_code& ec) override {
        ec = {};
        header_done_ = true;
    }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) override { ec = {}; }
    std::size_t on_body_impl(beast::string_view body, error_code& ec) override {
        ec = {};
        if (payload && !body.empty()) payload->emplace_back(body.data(), body.size());
        return body.size();
    }
    void on_chunk_header_impl(std::uint64_t size, beast::string_view extensions, error_code& ec) override {
        ec = {};
        chunk_left = size;
        extension_bytes_ += extensions.size();
        const auto odd = [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; };
        const bool controls = std::any_of(extensions.begin(), extensions.end(), odd);
        if (controls || extension_bytes_ > most_extension_bytes) {
            bad_extension = true;
            ec = http::error::bad_chunk_extension;
        }
    }
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code& ec) override {
        chunk_left -= body.size();
        return on_body_impl(body, ec);
    }
    void on_finish_impl(error_code& ec) override { ec = {}; }

    http_head& head_;
    bool header_done_ = false;
    std::size_t extension_bytes_ = 0;
};

}  // namespace

// One of the two parsers; both are rebuilt in place for every message because Beast's cannot be reset.
struct http_reader::machine {
    std::optional<view_parser<true>> request;
    std::optional<view_parser<false>> response;

    template <class Action>
    auto with(Action action) {
        return request ? action(*request) : action(*response);
    }
};

http_reader::http_reader(kind k, std::size_t header_limit)
    : kind_(k), header_limit_(header_limit), machine_(std::make_unique<machine>()) {
    reset();
}

http_reader::~http_reader() = default;

void http_reader::reset(bool no_body) {
    no_body_ = no_body;
    head_.fields.clear();
    head_.status = 0;
    head_.method = head_.target = {};
    head_.framing = body_framing::none;
    head_.content_length = 0;
    head_size_ = 0;
    search_ = {};
    if (kind_ == kind::request) {
        machine_->request.emplace(head_, header_limit_);
    } else {
        machine_->response.emplace(head_, header_limit_);
        machine_->response->skip(no_body);
    }
}

fault http_reader::malformed(std::string_view why) const {
    if (kind_ == kind::response) {
        return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate,
                               "The upstream's answer is not well-formed HTTP/1.1: " + std::string(why) + ".");
    }
    return fault::client(fault_code::bad_framing, "The request is not well-formed HTTP/1.1: " + std::string(why) +
                                                      ". Nothing was forwarded and the connection is closed.");
}

result<http_reader::progress> http_reader::read_head(std::string_view bytes) {
    switch (search_.look(bytes.substr(0, header_limit_))) {
        case head_search::state::complete:
            break;
        case head_search::state::bare_lf:
            return malformed("a line ends in LF without CR");
        case head_search::state::not_http:
            return malformed("it does not begin with a method or version (is this TLS sent to a plain port?)");
        case head_search::state::incomplete:
            if (bytes.size() < header_limit_) return progress::need_more;
            if (kind_ == kind::response) return malformed("its head is too large");
            return fault::client(fault_code::header_too_large,
                                 "The request's head is larger than limits.header_bytes (" +
                                     std::to_string(header_limit_) + " bytes): send fewer or shorter headers.");
    }
    const auto head = bytes.substr(0, search_.size());
    if (auto refused = kind_ == kind::request ? check_request_head(head) : check_response_head(head)) return *refused;
    error_code error;
    std::size_t consumed = 0;
    machine_->with(
        [&](auto& parser) { consumed = parser.put(boost::asio::const_buffer(head.data(), head.size()), error); });
    if (error == http::error::need_more) error = {};
    if (error || consumed != head.size()) return malformed(error ? error.message() : "its head could not be read");
    head_size_ = head.size();
    describe_framing();
    if (kind_ == kind::response && !no_body_ && (head_.status == 204 || head_.status == 304) && announces_body()) {
        return malformed("it has a body where its status allows none");
    }
    return progress::done;
}

// By its header fields alone: Beast passes over them where the status allows no body.
bool http_reader::announces_body() const {
    return machine_->with([](auto& parser) { return parser.chunked() || parser.content_length().value_or(0) > 0; });
}

void http_reader::describe_framing() {
    machine_->with([&](auto& parser) {
        head_.keep_alive = parser.keep_alive();
        if (parser.is_done() || no_body_) {
            head_.framing = body_framing::none;
        } else if (parser.chunked()) {
            head_.framing = body_framing::chunked;
        } else if (const auto length = parser.content_length()) {
            head_.framing = body_framing::length;
            head_.content_length = *length;
        } else {
            head_.framing = kind_ == kind::request ? body_framing::none : body_framing::until_close;
        }
    });
}

result<std::size_t> http_reader::read_body(std::string_view bytes, std::vector<std::string_view>& payload) {
    std::size_t total = 0;
    std::optional<fault> failure;
    machine_->with([&](auto& parser) {
        parser.payload = &payload;
        // Beast stops after some states although more could be done; go on while it makes progress.
        while (total < bytes.size() && !parser.is_done()) {
            // Beast's assertions fail if the last chunk comes to it in two parts of which the first is shorter.
            const bool between_chunks = head_.framing == body_framing::chunked && parser.chunk_left == 0;
            if (between_chunks && bytes.size() - total < least_chunk_bytes) break;
            error_code error;
            const auto step = parser.put(boost::asio::const_buffer(bytes.data() + total, bytes.size() - total), error);
            total += step;
            if (error == http::error::need_more || (!error && step == 0)) break;
            if (error) {
                failure = malformed(parser.bad_extension ? "a chunk extension is too long or has control characters"
                                                         : error.message());
                break;
            }
        }
        parser.payload = nullptr;
    });
    if (failure) return *failure;
    return total;
}

bool http_reader::body_done() const {
    return machine_->with([](auto& parser) { return parser.is_done(); });
}

bool http_reader::ends_with_connection() const {
    return head_.framing == body_framing::until_close;
}

}  // namespace ferry::net
