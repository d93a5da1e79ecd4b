// Any value of X-Forwarded-For or Forwarded: only those whose word is taken are heard, and what is found is an address.
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <string>

#include "fuzz/fuzz.hpp"
#include "net/strict_http.hpp"
#include "server/trusted_proxies.hpp"

using namespace ferry;
using namespace ferry::fuzz;

namespace {

void judge(const std::string& field, std::string_view value) {
    static const server::trusted_proxies believed({"10.0.0.0/8", "127.0.0.1", "fd00::/8", "unix"});
    static const server::trusted_proxies nobody({});
    const std::string head = "GET /v1/models HTTP/1.1\r\nHost: a\r\n" + field + ": " + std::string(value) + "\r\n\r\n";
    net::http_head parsed;
    if (net::read_request_head(head, parsed)) return;
    require(nobody.client_of("10.0.0.1", parsed).empty());
    require(believed.client_of("192.0.2.1", parsed).empty());
    for (const std::string_view peer : {"10.0.0.1", "unix", "fd00::1"}) {
        const auto client = believed.client_of(peer, parsed);
        if (client.empty()) continue;
        boost::system::error_code error;
        require(boost::asio::ip::make_address(client, error).to_string() == client && !error);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view value(reinterpret_cast<const char*>(data), size);
    judge("X-Forwarded-For", value);
    judge("Forwarded", value);
    return 0;
}
