// One kept-alive connection to a provider, with the reader of its answers.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <string_view>

#include "base/clock.hpp"
#include "net/buffer_pool.hpp"
#include "net/byte_stream.hpp"
#include "net/http_reader.hpp"
#include "upstream/socket_budget.hpp"

namespace ferry::upstream {

// Owned by the pool while idle, by a lease while in use. Lives on one core.
struct connection {
    connection(std::unique_ptr<net::byte_stream> s, std::size_t header_limit)
        : stream(std::move(s)), reader(net::http_reader::kind::response, header_limit) {}

    counted_socket counted;
    endpoint_socket place;
    std::unique_ptr<net::byte_stream> stream;
    net::http_reader reader;
    net::buffer_pool::buffer buffer;  // lent for as long as an exchange uses the connection
    std::size_t begin = 0, end = 0;   // what was read and is not consumed yet lies in [begin, end) of the buffer
    bool was_used = false;            // it has served a request before
    unsigned generation = 0;          // of the pool's settings under which it was made
    boost::asio::ip::address address;
    unsigned answers = 0;  // how many of the name service it was held against
    steady::time_point idle_since{};

    // For a head that fills the buffer and is not whole. The reader refuses one that exceeds its limit; behind one that
    // does not, there is room for a usual read.
    void make_room_for_head() { buffer.grow(reader.header_limit() + net::buffer_pool::buffer_size); }

    std::string_view unread() { return {buffer.data() + begin, end - begin}; }
};

}  // namespace ferry::upstream
