#include <algorithm>

#include "load/engine.hpp"

// How requests and runs end.
namespace ferry::bench {
namespace {

constexpr auto between_looks = std::chrono::milliseconds(50);
constexpr std::uint32_t few_refused = 3;

double seconds_of(nanoseconds n) {
    return std::chrono::duration<double>(n).count();
}

}  // namespace

void load_engine::finished(client_connection& c) {
    const request_outcome o = c.result();
    --in_flight_;
    (c.is_open() ? idle_ : closed_).push_back(&c);
    if (is_probe_) {
        probed_ = o;
        over_ = true;
        return loop_.stop();
    }
    if (over_) return;
    counts_->note_end(o);
    if (o.is_measured) {
        last_end_ = std::max(last_end_, o.ended);
        write_row(o);
    }
    watch_target(o);
    if (!stopping_) {
        go_on(c, o);
    } else {
        if (const auto& plan = c.plan(); plan.session != no_session && !plan.last_of_session) {
            work_.abandoned(plan.session);
        }
        begin_waiting();
    }
    end_when_done();
}

void load_engine::closed_idle(client_connection& c) {
    const auto at = std::find(idle_.begin(), idle_.end(), &c);
    if (at != idle_.end()) idle_.erase(at);
    closed_.push_back(&c);
}

// A target that takes no connections any more is not waited for.
void load_engine::watch_target(const request_outcome& o) {
    if (!o.is_of_connection()) {
        refused_ = 0;
        last_alive_ = o.ended;
        return;
    }
    if (++refused_ < few_refused || o.ended - last_alive_ < options_.give_up / 12 || stopping_) return;
    abandon("the target died: for " + std::to_string(static_cast<int>(seconds_of(o.ended - last_alive_))) +
            " s nothing but " + o.error + " (" + o.example + ")");
}

void load_engine::tick() {
    const auto now = steady::now();
    if (!over_) loop_.timers().set(tick_timer_, now + between_looks);
    if (!stopping_ && now >= end_) stop("");
    const auto bytes = counts_->bytes_received;
    if (bytes != bytes_seen_ || in_flight_ == 0) last_sign_ = now;
    bytes_seen_ = bytes;
    give_up_late(now);
    if (!over_ && !is_probe_ && now >= next_second_) {
        next_second_ += std::chrono::seconds(1);
        counts_->close_second(seconds_of(now - begin_), in_flight_ + waiting_.size(), files_.hdr_log);
        if (observer_) observer_->second({seconds_of(now - begin_), in_flight_, *counts_, options_});
    }
    end_when_done();
}

void load_engine::give_up_late(steady::time_point now) {
    if (now - last_sign_ > options_.give_up) {
        return abandon("the target fell silent: nothing came from it for " +
                       std::to_string(static_cast<int>(seconds_of(options_.give_up))) + " s");
    }
    const bool is_past_grace = options_.duration.count() > 0 && now - end_ > options_.grace;
    for (std::size_t i = 0; i < connections_.size() && !over_; ++i) {
        auto& c = *connections_[i];
        if (!c.is_busy()) continue;
        if (is_past_grace) {
            c.give_up("unfinished", "not answered " + std::to_string(static_cast<int>(seconds_of(options_.grace))) +
                                        " s after the end of the run (--grace)");
        } else if (now - c.begun() > options_.timeout) {
            c.give_up("timeout",
                      "not answered within " + std::to_string(seconds_of(options_.timeout)) + " s (--timeout)");
        }
    }
}

void load_engine::stop(const std::string& why) {
    if (!why.empty()) ended_ = why;
    if (stopping_) return;
    stopping_ = true;
    stopped_at_ = steady::now();
    const auto used = thread_time();
    const double wall = std::max(1e-9, seconds_of(stopped_at_ - started_));
    busy_ = (used.running - used_before_.running) / wall;
    waited_ = (used.waiting - used_before_.waiting) / wall;
    next_arrival_.reset();
    loop_.timers().cancel(arrival_timer_);
    for (; !later_.empty(); later_.pop()) {
        if (later_.top().session != no_session) work_.abandoned(later_.top().session);
    }
    if (options_.requests > 0 && measured_ >= options_.requests) waiting_.clear();
}

// Ends at once; what is under way is neither answered nor failed.
void load_engine::abandon(const std::string& why) {
    if (is_probe_ && !interrupted_) {
        probed_.error = "timeout";
        probed_.example = why;
    }
    stop(why);
    waiting_.clear();
    counts_->abandoned = in_flight_;
    over_ = true;
    loop_.stop();
}

void load_engine::end_when_done() {
    if (over_ || !stopping_ || in_flight_ > 0 || !waiting_.empty()) return;
    over_ = true;
    loop_.stop();
}

void load_engine::write_row(const request_outcome& o) {
    if (!files_.csv) return;
    const bool has_first = o.chunks > 0;
    const double ttft = has_first ? in_ms(static_cast<std::uint64_t>((o.first_content - o.due).count())) : 0;
    const double gaps = has_first ? in_ms(static_cast<std::uint64_t>((o.last_content - o.first_content).count())) : 0;
    const bool was_sent = o.sent != steady::time_point();
    std::fprintf(files_.csv, "%.6f,%.3f,%.*s,%d,%s,", seconds_of(o.due - begin_),
                 was_sent ? seconds_of(o.sent - o.due) * 1000 : 0.0, static_cast<int>(o.model.size()), o.model.data(),
                 o.status, o.error.c_str());
    if (has_first) std::fprintf(files_.csv, "%.3f", ttft);
    std::fprintf(files_.csv, ",");
    if (o.chunks > 1) std::fprintf(files_.csv, "%.3f", gaps / (o.chunks - 1));
    const auto input = o.usage ? o.usage->input_tokens : o.input_tokens;
    std::fprintf(files_.csv, ",%.3f,%llu,%llu,%s,%u\n", seconds_of(o.ended - o.due) * 1000,
                 static_cast<unsigned long long>(input), static_cast<unsigned long long>(o.output_tokens()),
                 o.usage ? "usage" : "chunks", o.chunks);
}

// When what is measured ends: with the last answer. Behind a warm-up of a closed loop it ends with --duration: until
// then every answer, those of the warm-up too, began a request that counts, so as many count as were answered.
steady::time_point load_engine::measured_until() const {
    if (options_.duration.count() == 0 || stopped_at_ < end_) return last_end_;
    if (is_closed_loop() && options_.warmup.count() > 0) return end_;
    return std::max(end_, last_end_);
}

load_result load_engine::result() {
    const auto now = steady::now();
    counts_->close_second(seconds_of(now - begin_), in_flight_ + waiting_.size(), files_.hdr_log);
    load_result made;
    made.options = options_;
    made.date = date_;
    made.duration = std::max(0.0, seconds_of((ended_.empty() ? measured_until() : now) - begin_));
    made.counts = std::move(counts_);
    made.busy = busy_;
    made.waited = waited_;
    made.ended = ended_;
    made.interrupted = interrupted_;
    return made;
}

load_result run_load(const load_options& options, const load_target& target, run_observer* observer,
                     const run_files& files) {
    return load_engine(options, target, observer, files).run();
}

request_outcome probe(const load_options& options, const load_target& target) {
    return load_engine(options, target, nullptr, {}).probe();
}

}  // namespace ferry::bench
