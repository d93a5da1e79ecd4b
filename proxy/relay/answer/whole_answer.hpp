// Answers that are there as a whole: documents and errors. Each goes out in as few writes as the kernel takes.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <span>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "base/text_buffer.hpp"
#include "relay/exchange/http_exchange.hpp"

namespace ferry::relay {

inline constexpr std::string_view json_type = "application/json";

// A whole answer that is about to be written. Owned by who writes it; the pieces must outlive it.
// `pieces` are the body; a HEAD request gets the head alone. Sets x.end.status where it is 0.
class whole_answer {
public:
    whole_answer(http_exchange& x, int status, std::string_view content_type, std::span<const std::string_view> pieces,
                 std::string_view extra_headers);
    // False where the kernel did not take all of it at once: then co_await write_rest().
    bool write_now();
    boost::asio::awaitable<bool> write_rest();

private:
    http_exchange& x_;
    text_buffer head_;
    net::gather_list gather_;
    std::span<iovec> left_;
};

// Both steps of it.
boost::asio::awaitable<void> send_whole(http_exchange& x, int status, std::string_view content_type,
                                        std::span<const std::string_view> pieces, std::string_view extra_headers = {});

// An answer in the OpenAI error shape.
struct error_document {
    int status = 0;
    std::string body;
    text_buffer headers;
};

// `attempts_used`: Ferry has made all the tries it may. Sets x.end.error_code where it is empty.
error_document make_error(http_exchange& x, const fault& why, bool attempts_used);

boost::asio::awaitable<void> send_error(http_exchange& x, const fault& why);

}  // namespace ferry::relay
