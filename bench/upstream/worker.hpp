#pragma once

#include <memory>
#include <unordered_map>

#include "io/event_loop.hpp"
#include "upstream/server.hpp"
#include "upstream/session.hpp"

namespace ferry::bench {

// One thread: accepts from the listening socket that all workers share, and owns the sessions it accepted.
class worker final : public session::owner, private watcher, private timer {
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
    void on_ready(std::uint32_t events) override;  // a connection waits
    void on_timer() override;                      // descriptors may be free again

    const int listening_fd_;
    upstream_shared& shared_;
    event_loop loop_;
    const std::unique_ptr<char[]> scratch_ = std::make_unique<char[]>(scratch_size);
    std::unordered_map<session*, std::unique_ptr<session>> sessions_;
};

}  // namespace ferry::bench
