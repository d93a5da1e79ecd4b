#pragma once

#include <optional>
#include <string>

#include "http/answer_reader.hpp"
#include "http/event_scanner.hpp"
#include "io/event_loop.hpp"
#include "io/transport.hpp"
#include "load/outcome.hpp"
#include "load/tally.hpp"
#include "load/target.hpp"
#include "workload/workload.hpp"

namespace ferry::bench {

// What a request is, beside what is sent.
struct request_terms {
    steady::time_point due;    // what its times count from
    steady::time_point meant;  // what the generator's own delay counts from
    bool is_measured = true;
    bool is_first_only = false;  // of a stream the first content is enough: the connection is closed then
};

// One connection of a client: sends a request, reads its answer, is free for the next. Connects when it must, also
// once more if the server had closed it meanwhile. Owned by: a run. Lives on: its thread.
class client_connection final : public watcher, private answer_sink, private event_sink {
public:
    // What it needs of its run.
    class owner {
    public:
        virtual event_loop& loop() = 0;
        virtual const load_target& target() = 0;
        virtual tally& counts() = 0;
        virtual asked_operation operation() = 0;
        virtual bool is_streamed() = 0;
        virtual char* scratch() = 0;  // `scratch_size` bytes to read into
        // The request is over: see result(). The connection takes the next one at once.
        virtual void finished(client_connection& c) = 0;
        virtual void closed_idle(client_connection& c) = 0;  // the server ended it between two requests
        static constexpr std::size_t scratch_size = 64 * 1024;

    protected:
        ~owner() = default;
    };

    explicit client_connection(owner& o) : owner_(o) {}
    void send(planned_request plan, const request_terms& terms);     // REQUIRES: !is_busy()
    void give_up(const std::string& error, const std::string& why);  // REQUIRES: is_busy()

    bool is_open() const { return transport_.has_value(); }
    bool is_busy() const { return busy_; }
    steady::time_point begun() const { return begun_; }
    const planned_request& plan() const { return plan_; }
    const request_outcome& result() const { return result_; }  // of the last request

    void on_ready(std::uint32_t events) override;

private:
    void take_head(int status, bool is_event_stream) override;
    void take_body(std::string_view bytes) override;
    void take_event(std::string_view data) override;
    void connect();
    bool flush();  // false: the request is over, or begins again
    void receive();
    bool take(io_result got);  // false: no more is to be read now
    void ended_by_peer(bool by_reset);
    void set_interest();
    void judge();
    void judge_stream();
    void fail(const std::string& error, const std::string& why);
    void conclude();
    void close();

    owner& owner_;
    std::optional<transport> transport_;
    std::uint32_t interest_ = 0;
    bool connecting_ = false, busy_ = false;
    bool reused_ = false, got_bytes_ = false, sent_again_ = false;
    std::string out_;
    std::size_t out_at_ = 0;
    planned_request plan_;
    request_terms terms_;
    steady::time_point begun_, now_;
    request_outcome result_;

    answer_reader reader_{*this};
    event_scanner events_;
    bool is_event_stream_ = false;
    bool saw_last_ = false, saw_event_ = false;
    std::string body_;         // of an answer that is no stream, or of an error
    std::string event_error_;  // the first one within a stream
};

}  // namespace ferry::bench
