#include "load/engine.hpp"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <ctime>
#include <stdexcept>

namespace ferry::bench {
namespace {

constexpr int most_in_a_turn = 64;  // arrivals, so that answers are read meanwhile
constexpr auto after_failure = std::chrono::milliseconds(100);

std::string date_now() {
    const std::time_t now = std::time(nullptr);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", std::gmtime(&now));
    return text;
}

void raise_descriptors() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// Asked for while it lives: SIGINT and SIGTERM.
struct load_engine::signals final : watcher {
    signals(load_engine& e) : engine(e) {
        sigset_t ending;
        sigemptyset(&ending);
        sigaddset(&ending, SIGINT);
        sigaddset(&ending, SIGTERM);
        pthread_sigmask(SIG_BLOCK, &ending, &before);
        fd = signalfd(-1, &ending, SFD_NONBLOCK | SFD_CLOEXEC);
        if (fd >= 0) engine.loop_.watch(fd, *this, EPOLLIN);
    }
    ~signals() {
        if (fd >= 0) close(fd);
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
    void on_ready(std::uint32_t) override {
        signalfd_siginfo which;
        if (read(fd, &which, sizeof which) != sizeof which) return;
        engine.interrupted_ = true;
        engine.abandon("interrupted");
    }

    load_engine& engine;
    sigset_t before{};
    int fd = -1;
};

held_endings::held_endings() {
    sigemptyset(&ending_);
    sigaddset(&ending_, SIGINT);
    sigaddset(&ending_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &ending_, &before_);
}

held_endings::~held_endings() {
    const timespec at_once{};
    while (sigtimedwait(&ending_, nullptr, &at_once) > 0) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

load_engine::load_engine(const load_options& options, const load_target& target, run_observer* observer,
                         const run_files& files)
    : options_(options),
      target_(target),
      observer_(observer),
      files_(files),
      work_(options.work),
      arrivals_(options, options.work.seed),
      dice_(options.work.seed + 1),
      counts_(std::make_unique<tally>(options.slo)),
      scratch_(owner::scratch_size),
      arrival_timer_([this] { arrive(); }),
      later_timer_([this] { resume(); }),
      tick_timer_([this] { tick(); }) {
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptors();
    prctl(PR_SET_TIMERSLACK, 1);  // nanoseconds, of 50 us otherwise
    loop_.keep_time();
}

load_engine::~load_engine() {
    connections_.clear();
    for (auto* t : {&arrival_timer_, &later_timer_, &tick_timer_}) loop_.timers().cancel(*t);
}

load_result load_engine::run() {
    signals_ = std::make_unique<signals>(*this);
    date_ = date_now();
    started_ = steady::now();
    begin_ = started_ + options_.warmup;
    end_ = options_.duration.count() > 0 ? begin_ + options_.duration : steady::time_point::max();
    last_end_ = begin_;
    last_sign_ = last_alive_ = started_;
    next_second_ = started_ + std::chrono::seconds(1);
    used_before_ = thread_time();
    loop_.timers().set(tick_timer_, started_);
    if (is_closed_loop()) {
        begin_clients();
    } else {
        set_arrival();
    }
    loop_.run();
    signals_.reset();
    return result();
}

request_outcome load_engine::probe() {
    signals_ = std::make_unique<signals>(*this);
    is_probe_ = true;
    started_ = begin_ = last_sign_ = last_alive_ = next_second_ = steady::now();
    end_ = steady::time_point::max();
    loop_.timers().set(tick_timer_, started_);
    auto plan = work_.next();
    if (!plan) throw std::invalid_argument("there is not a single request in what is to be asked");
    begin(std::move(*plan), started_, started_);
    loop_.run();
    if (interrupted_) throw std::runtime_error("interrupted before any load");
    return probed_;
}

// Whether one more request may begin; if not, none will.
bool load_engine::takes_more(steady::time_point due) {
    if (stopping_) return false;
    if (due >= end_ || (options_.requests > 0 && measured_ >= options_.requests)) {
        stop("");
        return false;
    }
    return true;
}

void load_engine::begin_clients() {
    const auto now = steady::now();
    for (std::uint32_t i = 0; i < options_.concurrency && !stopping_; ++i) {
        const auto due = now + options_.ramp_up * i / options_.concurrency;
        if (due > now) {
            pause(due, no_session);
        } else {
            begin_new(now);
        }
    }
}

// The next request; without one, none begins any more.
std::optional<planned_request> load_engine::next_plan() {
    try {
        auto plan = work_.next();
        if (!plan) stop("");
        return plan;
    } catch (const std::invalid_argument& e) {
        stop(e.what());  // what was measured until then is worth a report
        return std::nullopt;
    }
}

void load_engine::begin_new(steady::time_point due) {
    if (!takes_more(due)) return end_when_done();
    auto plan = next_plan();
    if (!plan) return end_when_done();
    begin(std::move(*plan), due, due);
}

void load_engine::begin(planned_request plan, steady::time_point due, steady::time_point meant) {
    const bool is_measured = due >= begin_;
    measured_ += is_measured;
    ++in_flight_;
    if (options_.requests > 0 && measured_ >= options_.requests) stop("");
    client_connection* free = nullptr;
    for (auto* list : {&idle_, &closed_}) {
        if (free || list->empty()) continue;
        free = list->back();
        list->pop_back();
    }
    if (!free) {
        connections_.push_back(std::make_unique<client_connection>(static_cast<client_connection::owner&>(*this)));
        free = connections_.back().get();
    }
    free->send(std::move(plan), {due, meant, is_measured, is_probe_});
}

// The next one of an open loop.
void load_engine::set_arrival() {
    next_arrival_.reset();
    if (stopping_) return;
    arrival next;
    if (options_.rate > 0) {
        next.due = started_ + arrivals_.next();
    } else {
        next.plan = next_plan();
        if (!next.plan) return end_when_done();
        next.due = started_ + next.plan->due.value_or(std::chrono::microseconds(0));
    }
    next_arrival_ = std::move(next);
    loop_.timers().set(arrival_timer_, next_arrival_->due);
}

void load_engine::arrive() {
    for (int begun = 0; next_arrival_ && next_arrival_->due <= steady::now(); ++begun) {
        if (begun == most_in_a_turn) return loop_.timers().set(arrival_timer_, steady::now());
        if (!takes_more(next_arrival_->due)) return end_when_done();
        const bool waits = options_.max_concurrency > 0 && in_flight_ >= options_.max_concurrency;
        next_arrival_->has_waited = waits;
        counts_->capped += waits && next_arrival_->due >= begin_;
        waiting_.push_back(std::move(*next_arrival_));
        set_arrival();
        begin_waiting();
    }
}

void load_engine::begin_waiting() {
    if (begins_waiting_) return;
    begins_waiting_ = true;
    while (!waiting_.empty() && (options_.max_concurrency == 0 || in_flight_ < options_.max_concurrency)) {
        auto next = std::move(waiting_.front());
        waiting_.pop_front();
        if (options_.requests > 0 && measured_ >= options_.requests) {
            stop("");
            break;
        }
        if (!next.plan) next.plan = next_plan();
        if (!next.plan) break;
        begin(std::move(*next.plan), next.due, next.has_waited ? steady::now() : next.due);
    }
    begins_waiting_ = false;
}

void load_engine::pause(steady::time_point until, std::uint32_t session) {
    later_.push({until, session});
    loop_.timers().set(later_timer_, later_.top().due);
}

void load_engine::resume() {
    while (!later_.empty() && later_.top().due <= steady::now()) {
        const auto next = later_.top();
        later_.pop();
        if (next.session == no_session) {
            begin_new(next.due);
        } else if (takes_more(next.due)) {
            begin(work_.next_of(next.session), next.due, next.due);
        } else {
            work_.abandoned(next.session);
            end_when_done();
        }
    }
    if (!later_.empty()) loop_.timers().set(later_timer_, later_.top().due);
}

// What follows a request: its session's next turn, its client's next request, or one that had to wait.
void load_engine::go_on(const client_connection& c, const request_outcome& o) {
    const auto& plan = c.plan();
    if (plan.session != no_session && !plan.last_of_session) {
        if (o.has_failed()) {
            work_.abandoned(plan.session);
        } else {
            work_.answered(plan.session, o.text);
            return pause(o.ended + plan.think, plan.session);
        }
    }
    if (!is_closed_loop()) return begin_waiting();
    if (o.is_of_connection()) return pause(o.ended + after_failure, no_session);
    if (const auto& think = options_.work.think_ms; think.highest() > 0) {
        return pause(o.ended + std::chrono::milliseconds(think.draw(dice_)), no_session);
    }
    begin_new(o.ended);
}

}  // namespace ferry::bench
