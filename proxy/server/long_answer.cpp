#include "server/long_answer.hpp"

#include "net/executor.hpp"
#include "relay/answer/response_stream.hpp"
#include "relay/answer/whole_answer.hpp"

namespace ferry::server {

namespace asio = boost::asio;

namespace {

// As many of the first pieces as go out together, at least one.
std::size_t count_of_next(std::span<const std::string_view> pieces) {
    std::size_t count = 0, bytes = 0;
    while (count < pieces.size() && (count == 0 || bytes + pieces[count].size() <= most_at_once))
        bytes += pieces[count++].size();
    return count;
}

}  // namespace

asio::awaitable<void> send_long(relay::http_exchange& x, int status, std::string_view content_type,
                                std::span<const std::string_view> pieces) {
    std::size_t bytes = 0;
    for (const auto piece : pieces) bytes += piece.size();
    if (bytes <= most_at_once || x.head.method == "HEAD") {
        co_await relay::send_whole(x, status, content_type, pieces);
        co_return;
    }
    relay::response_stream answer(x, status, content_type, {}, bytes);
    for (bool sent = true; sent && !pieces.empty();) {
        const std::size_t count = count_of_next(pieces);
        sent = co_await answer.send(pieces.first(count));
        pieces = pieces.subspan(count);
        if (!sent) x.keep_alive = false;
        co_await net::end_of_turn();
    }
}

}  // namespace ferry::server
