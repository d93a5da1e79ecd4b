#include "net/connect_tunnel.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstring>
#include <vector>

namespace ferry::net {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t most_answer = 16384;

// A proxy's words go into the log of the operator, not into anything that is parsed.
std::string printable(std::string_view text) {
    std::string kept(text.substr(0, 100));
    for (char& c : kept) {
        if (c < ' ' || c > '~') c = '?';
    }
    return kept;
}

tunnel_answer failed(io_status status) {
    tunnel_answer answer;
    if (status == io_status::interrupted) answer.what = tunnel_answer::outcome::interrupted;
    return answer;
}

tunnel_answer not_http() {
    tunnel_answer answer;
    answer.what = tunnel_answer::outcome::not_http;
    return answer;
}

}  // namespace

asio::awaitable<tunnel_answer> open_tunnel(byte_stream& over, std::string authority, std::string authorization) {
    std::string request = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!authorization.empty()) request += "Proxy-Authorization: " + authorization + "\r\n";
    request += "\r\n";
    std::array<iovec, 1> pieces{piece(request)};
    const auto written = co_await over.write_all(pieces);
    if (written.status != io_status::ok) co_return failed(written.status);

    http::response_parser<http::empty_body> parser;
    parser.header_limit(most_answer);
    parser.skip(true);  // an answer of 2xx has no body, and that of a refusal is not read
    std::vector<char> buffer(most_answer);
    std::size_t filled = 0;
    boost::system::error_code error;
    while (!parser.is_header_done()) {
        if (filled == buffer.size()) co_return not_http();
        const auto got = co_await over.read_some(std::span(buffer).subspan(filled));
        if (got.status != io_status::ok) co_return failed(got.status);
        filled += got.bytes;
        const auto used = parser.put(asio::buffer(buffer.data(), filled), error);
        if (error == http::error::need_more) error = {};
        if (error) co_return not_http();
        filled -= used;
        std::memmove(buffer.data(), buffer.data() + used, filled);
    }
    tunnel_answer answer;
    answer.status = static_cast<int>(parser.get().result_int());
    answer.reason = printable({parser.get().reason().data(), parser.get().reason().size()});
    if (answer.status < 200 || answer.status > 299) {
        answer.what = answer.status < 200 ? tunnel_answer::outcome::not_http : tunnel_answer::outcome::refused;
    } else {
        // Neither side of TLS nor an HTTP server speaks before it was spoken to.
        answer.what = filled == 0 ? tunnel_answer::outcome::open : tunnel_answer::outcome::not_http;
    }
    co_return answer;
}

}  // namespace ferry::net
