#pragma once

#include <memory>
#include <optional>
#include <string>

#include "http/request_reader.hpp"
#include "io/event_loop.hpp"
#include "io/network.hpp"
#include "io/transport.hpp"
#include "upstream/delivery.hpp"
#include "upstream/large_body.hpp"
#include "upstream/reception.hpp"

namespace ferry::bench {

struct upstream_shared;

// One connection: reads requests, in order, and delivers their answers. It reads on while it answers or waits, so that
// it notices at once when the peer goes. Owned by: its worker. Lives on: the worker's thread.
class session final : public watcher, public timer, private body_sink {
public:
    // What it needs of its worker.
    class owner {
    public:
        virtual event_loop& loop() = 0;
        virtual upstream_shared& shared() = 0;
        virtual char* scratch() = 0;  // `scratch_size` bytes to read into
        virtual void remove(session& s) = 0;
        static constexpr std::size_t scratch_size = 64 * 1024;

    protected:
        ~owner() = default;
    };

    session(int fd, const network& way, owner& o);
    ~session();
    void on_ready(std::uint32_t events) override;
    void on_timer() override;

private:
    void start(const request& r) override;
    void take(std::string_view bytes) override;
    bool receive();  // false: the session is over
    void note_handshake();
    void drive();
    bool begin();  // false: no whole request yet
    void send_late();  // session tickets, an interim answer
    bool begin_control(const request& r);
    void end_control();
    bool flush();     // false: the socket is full, a pause was asked for, or the session is over
    void conclude();  // what produce() said comes last, once all is written
    void answered();
    void set_late_timer();
    void settle(std::string_view how, bool by_reset = false);
    void peer_gone(bool by_reset);
    void end();
    void set_interest();

    struct late_timer final : timer {
        explicit late_timer(session& s) : of(s) {}
        void on_timer() override { of.send_late(); }
        session& of;
    };

    owner& owner_;
    const network way_;
    std::optional<steady::time_point> tickets_due_, interim_due_;
    late_timer late_{*this};
    transport transport_;
    reception reception_;
    std::uint32_t interest_;
    bool over_ = false;
    bool is_control_ = false;
    bool handshake_noted_ = false;
    bool continued_ = false;  // 100 Continue was sent for this request
    bool paused_ = false;     // until the timer: a split write
    bool stalled_ = false;
    bool closes_when_idle_ = false;  // at the timer
    int resets_tried_ = 0;

    std::string in_;
    request_reader reader_{*this};
    std::unique_ptr<large_body> large_;  // of the request that is being read
    std::optional<steady::time_point> control_since_;
    std::string out_;
    std::size_t out_at_ = 0;
    std::optional<delivery> delivery_;
    delivery_step last_step_ = delivery_step::write;
};

}  // namespace ferry::bench
