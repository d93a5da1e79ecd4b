#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "io/event_loop.hpp"
#include "io/transport.hpp"

namespace ferry::bench {

// A client's connection and one to the server, each told what the other says. Owned by: the relay. Lives on: the loop's
// thread.
class joined_connections {
public:
    class owner {
    public:
        virtual event_loop& loop() = 0;
        virtual std::string& scratch() = 0;  // room to read into, free between two calls
        virtual void remove(joined_connections& ended) = 0;

    protected:
        ~owner() = default;
    };

    // Owns both; `to_server` may still be connecting.
    joined_connections(int from_client, int to_server, owner& o);

private:
    struct side final : watcher {
        side(int fd, joined_connections& whole) : socket(fd, nullptr, false), whole(whole) {}
        void on_ready(std::uint32_t events) override { whole.on_ready(*this, events); }

        transport socket;
        joined_connections& whole;
        std::string unsent;  // what the socket had no room for; meanwhile the other side is not read
        bool connecting = false, has_ended = false;
        std::uint32_t watched = 0;
    };

    side& other(const side& s) { return &s == &client_ ? server_ : client_; }
    void on_ready(side& s, std::uint32_t events);
    bool flush(side& to);
    bool pass_on(side& from);  // false: a connection failed
    bool is_over() const;
    void watch(side& s);

    owner& owner_;
    side client_, server_;
    bool removed_ = false;
};

}  // namespace ferry::bench
