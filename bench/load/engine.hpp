#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <vector>

#include "load/arrivals.hpp"
#include "load/connection.hpp"
#include "load/run.hpp"
#include "load/thread_time.hpp"

namespace ferry::bench {

// Begins requests when they are due, on connections that it keeps, and counts what becomes of them. Owned by:
// run_load(). Lives on: its thread.
class load_engine final : private client_connection::owner {
public:
    load_engine(const load_options& options, const load_target& target, run_observer* observer, const run_files& files);
    ~load_engine();
    load_result run();
    request_outcome probe();

private:
    struct call_timer final : timer {
        explicit call_timer(std::function<void()> f) : call(std::move(f)) {}
        void on_timer() override { call(); }
        std::function<void()> call;
    };
    struct signals;
    // A client's next request, or a session's next turn, after a pause.
    struct later {
        steady::time_point due;
        std::uint32_t session;
        bool operator>(const later& o) const { return due > o.due; }
    };
    struct arrival {
        steady::time_point due;
        std::optional<planned_request> plan;  // of a trace
        bool has_waited = false;              // for --max-concurrency
    };

    event_loop& loop() override { return loop_; }
    const load_target& target() override { return target_; }
    tally& counts() override { return *counts_; }
    asked_operation operation() override { return options_.work.operation; }
    bool is_streamed() override { return options_.work.streamed; }
    char* scratch() override { return scratch_.data(); }
    void finished(client_connection& c) override;
    void closed_idle(client_connection& c) override;

    bool is_closed_loop() const { return options_.concurrency > 0; }
    bool takes_more(steady::time_point due);
    void begin_clients();
    std::optional<planned_request> next_plan();
    void begin_new(steady::time_point due);
    // `meant`: when the engine would have begun it, had it no delay of its own.
    void begin(planned_request plan, steady::time_point due, steady::time_point meant);
    void set_arrival();
    void arrive();
    void begin_waiting();
    void pause(steady::time_point until, std::uint32_t session);
    void resume();
    void go_on(const client_connection& c, const request_outcome& o);
    void watch_target(const request_outcome& o);
    void tick();
    void give_up_late(steady::time_point now);
    void stop(const std::string& why);  // begins nothing more
    void abandon(const std::string& why);
    void end_when_done();
    void write_row(const request_outcome& o);
    load_result result();
    steady::time_point measured_until() const;

    const load_options options_;
    const load_target& target_;
    run_observer* const observer_;
    const run_files files_;
    workload work_;
    arrivals arrivals_;
    dice dice_;
    event_loop loop_;
    std::unique_ptr<tally> counts_;
    std::vector<char> scratch_;
    std::unique_ptr<signals> signals_;

    std::vector<std::unique_ptr<client_connection>> connections_;
    std::vector<client_connection*> idle_, closed_;
    std::priority_queue<later, std::vector<later>, std::greater<>> later_;
    std::optional<arrival> next_arrival_;
    std::deque<arrival> waiting_;
    call_timer arrival_timer_, later_timer_, tick_timer_;

    steady::time_point started_, begin_, end_, stopped_at_, last_end_, last_sign_, last_alive_, next_second_;
    std::uint64_t in_flight_ = 0, measured_ = 0;
    std::uint64_t bytes_seen_ = 0;
    std::uint32_t refused_ = 0;  // in a row
    bool stopping_ = false, over_ = false, interrupted_ = false, begins_waiting_ = false;
    bool is_probe_ = false;
    request_outcome probed_;
    std::string ended_, date_;
    thread_seconds used_before_;
    double busy_ = 0, waited_ = 0;
};

}  // namespace ferry::bench
