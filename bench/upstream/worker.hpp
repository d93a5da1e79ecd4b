#pragma once

#include <memory>
#include <unordered_map>

#include "io/delayed_link.hpp"
#include "io/event_loop.hpp"
#include "upstream/server.hpp"
#include "upstream/session.hpp"
#include "upstream/standstill.hpp"

namespace ferry::bench {

// One thread: accepts from the listening socket that all workers share, and owns the sessions it accepted.
class worker final : public session::owner, private delayed_link::owner, private watcher, private timer {
public:
    worker(int listening_fd, upstream_shared& shared);
    ~worker();

    void run();  // until stop()
    void stop() { loop_.stop(); }

    event_loop& loop() override { return loop_; }
    upstream_shared& shared() override { return shared_; }
    char* scratch() override { return scratch_.get(); }
    void remove(session& s) override;

private:
    void remove(delayed_link& link) override;
    void serve(int fd);
    int behind_a_link(int fd, const network& way);  // the descriptor for its session
    void on_ready(std::uint32_t events) override;   // a connection waits
    void on_timer() override;                       // descriptors may be free again

    const int listening_fd_;
    upstream_shared& shared_;
    event_loop loop_;
    standstill pauses_;
    const std::unique_ptr<char[]> scratch_ = std::make_unique<char[]>(scratch_size);
    std::unordered_map<session*, std::unique_ptr<session>> sessions_;
    std::unordered_map<delayed_link*, std::unique_ptr<delayed_link>> links_;
};

}  // namespace ferry::bench
