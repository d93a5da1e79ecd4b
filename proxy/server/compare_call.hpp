// One model's part of a comparison: a chat request of this process to itself.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>

#include "catalog/catalog.hpp"
#include "net/byte_stream.hpp"
#include "net/http_reader.hpp"
#include "openai/event_facts.hpp"
#include "openai/sse.hpp"
#include "relay/exchange/services.hpp"
#include "server/compare_board.hpp"
#include "server/compare_text.hpp"

namespace ferry::server {

// It goes the way of every request, through a session of its own at the other end of a pair of sockets: so it has the
// same checks, limits, retries and a usage row, and a comparison can do nothing that its parts could not.
// Owned by its own coroutine; lives on the core.
class compare_call {
public:
    compare_call(relay::services& core, std::shared_ptr<compare_board> board, compared_model model, bool wants_stream,
                 bool shows_usage);
    compare_call(const compare_call&) = delete;
    compare_call& operator=(const compare_call&) = delete;

    // The other end, for a session; -1 if there are no descriptors.
    int open();
    // Ends it from outside: the client has gone.
    void give_up();
    // Sends the request and puts what comes on the board; without a stream it is all in result().
    boost::asio::awaitable<void> run(std::string request);
    const std::string& result() const { return result_; }

private:
    boost::asio::awaitable<bool> send(std::string request);
    boost::asio::awaitable<bool> read_head();
    boost::asio::awaitable<void> read_body();
    boost::asio::awaitable<bool> read_more();
    boost::asio::awaitable<void> wait_for_room();
    void take(std::string_view payload);
    void take_event(const openai::sse_event& event);
    void take_chunk(std::string_view json);
    void learn(const openai::event_facts& facts, std::string_view answer);
    void finish();

    relay::services& core_;
    std::shared_ptr<compare_board> board_;
    const compared_model model_;
    const bool wants_stream_, shows_usage_;
    const steady::time_point began_ = steady::now();
    std::unique_ptr<net::byte_stream> stream_;
    net::signal room_;
    net::http_reader reader_;
    std::string buffer_;  // what was read and not decoded yet
    openai::sse_scanner scanner_;
    std::string text_;  // payload that was not looked at yet; of a document all of it
    compare_summary summary_;
    catalog::catalog_ptr models_;              // keeps `row_`
    const catalog::candidate* row_ = nullptr;  // that answers; none where nobody knows its price
    bool is_stream_ = false, is_done_ = false, has_failed_ = false;
    std::string error_, result_;
};

}  // namespace ferry::server
