// The client's side of a connection: its stream, what was read from it ahead, and the reader of its requests.
#pragma once

#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "access/key_table.hpp"
#include "net/byte_stream.hpp"
#include "net/http_reader.hpp"

namespace ferry::relay {

// Owned by a session; lives on its core. The buffer is bounded and never moves while a request is served, because the
// request's head is views into it; pipelined bytes share it.
struct client_link {
    client_link(std::unique_ptr<net::byte_stream> s, std::size_t header_bytes)
        : stream(std::move(s)),
          reader(net::http_reader::kind::request, header_bytes),
          capacity(header_bytes + 1024),
          memory(new char[capacity]),
          address(stream->peer_address()) {}

    std::string_view unread() const { return {memory.get() + begin, end - begin}; }
    std::span<char> space() { return {memory.get() + end, capacity - end}; }
    void consume(std::size_t bytes) { begin += bytes; }

    // Moves what is left down to `floor`: 0 between requests, and behind the head, which must not move, within one.
    void compact(std::size_t floor) {
        if (begin == floor) return;
        std::memmove(memory.get() + floor, memory.get() + begin, end - begin);
        end -= begin - floor;
        begin = floor;
    }

    std::unique_ptr<net::byte_stream> stream;
    net::http_reader reader;
    std::size_t capacity;
    std::unique_ptr<char[]> memory;
    std::size_t begin = 0, end = 0;
    std::string address;  // of the peer
    access::recent_key recent_key;
};

}  // namespace ferry::relay
