#include "net/chunked_body.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <string>

namespace ferry::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

namespace {

constexpr std::size_t most_extension_bytes = 256;
// "0\r\n\r\n": whatever chunk comes next, at least this many bytes are still to come.
constexpr std::size_t least_chunk_bytes = 5;
// The real head was read by strict_http; the parser only needs to know that chunks follow.
constexpr std::string_view any_head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

// Beast's grammar with callbacks that record views. Fields after the last chunk (trailers) go nowhere.
class chunked_body::parser final : public http::basic_parser<false> {
public:
    parser() {
        this->eager(true);
        this->body_limit(boost::none);
        error_code ignored;
        this->put(boost::asio::const_buffer(any_head.data(), any_head.size()), ignored);
    }

    piece_list* payload = nullptr;
    bool bad_extension = false;
    std::uint64_t chunk_left = 0;  // of the current chunk's data; 0 between chunks

private:
    void on_request_impl(http::verb, beast::string_view, beast::string_view, int, error_code& ec) override { ec = {}; }
    void on_response_impl(int, beast::string_view, int, error_code& ec) override { ec = {}; }
    void on_field_impl(http::field, beast::string_view, beast::string_view, error_code& ec) override { ec = {}; }
    void on_header_impl(error_code& ec) override { ec = {}; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code& ec) override { ec = {}; }
    std::size_t on_body_impl(beast::string_view body, error_code& ec) override {
        ec = {};
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
        ec = {};
        chunk_left -= body.size();
        if (!body.empty()) payload->emplace_back(body.data(), body.size());
        return body.size();
    }
    void on_finish_impl(error_code& ec) override { ec = {}; }

    std::size_t extension_bytes_ = 0;
};

chunked_body::chunked_body() = default;

chunked_body::~chunked_body() = default;

// Beast's parser cannot be used twice.
void chunked_body::reset() {
    parser_ = std::make_unique<parser>();
}

std::size_t chunked_body::read(std::string_view bytes, piece_list& payload, std::string& error) {
    std::size_t total = 0;
    parser_->payload = &payload;
    // Beast stops after some states although more could be done; go on while it makes progress.
    while (total < bytes.size() && !parser_->is_done()) {
        // Beast's assertions fail if the last chunk comes to it in two parts of which the first is shorter.
        if (parser_->chunk_left == 0 && bytes.size() - total < least_chunk_bytes) break;
        error_code failed;
        const auto step = parser_->put(boost::asio::const_buffer(bytes.data() + total, bytes.size() - total), failed);
        total += step;
        if (failed == http::error::need_more || (!failed && step == 0)) break;
        if (failed) {
            error =
                parser_->bad_extension ? "a chunk extension is too long or has control characters" : failed.message();
            break;
        }
    }
    return total;
}

bool chunked_body::done() const {
    return parser_->is_done();
}

}  // namespace ferry::net
