#include "load/tally.hpp"

#include <algorithm>

namespace ferry::bench {
namespace {

constexpr std::size_t most_points = 600;
constexpr std::size_t longest_example = 300;

std::uint64_t whole(nanoseconds n) {
    return static_cast<std::uint64_t>(std::max<nanoseconds::rep>(0, n.count()));
}

double milliseconds(nanoseconds n) {
    return static_cast<double>(n.count()) / 1e6;
}

// Two points as one: percentiles of the middle by their weight, high ones by the larger.
void merge(timeline_point& into, const timeline_point& next) {
    const double a = static_cast<double>(into.completed) + 1e-9, b = static_cast<double>(next.completed) + 1e-9;
    const auto between = [&](double one, double other) {
        if (one == 0 || other == 0) return one + other;  // 0 is none
        return (one * a + other * b) / (a + b);
    };
    into.ttft_p50_ms = between(into.ttft_p50_ms, next.ttft_p50_ms);
    into.itl_p50_ms = between(into.itl_p50_ms, next.itl_p50_ms);
    into.ttft_p99_ms = std::max(into.ttft_p99_ms, next.ttft_p99_ms);
    into.itl_p99_ms = std::max(into.itl_p99_ms, next.itl_p99_ms);
    into.t = next.t;
    into.completed += next.completed;
    into.failed += next.failed;
    into.output_tokens += next.output_tokens;
    into.in_flight = next.in_flight;
}

}  // namespace

double in_ms(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e6;
}

bool request_outcome::is_of_connection() const {
    return has_failed() && status == 0 && error != "timeout" && error != "unfinished";
}

void tally::note_ttft(nanoseconds took, bool is_measured) {
    recent_[0].record(whole(took));
    if (is_measured) all_[0].record(whole(took));
}

void tally::note_itl(nanoseconds took, bool is_measured) {
    recent_[2].record(whole(took));
    if (is_measured) all_[2].record(whole(took));
}

void tally::note_token(bool is_streamed) {
    recent_tokens_ += is_streamed;
}

bool tally::is_good(const request_outcome& o) const {
    const auto exceeds = [](const std::optional<double>& limit, double ms) { return limit && ms > *limit; };
    if (exceeds(slo_.e2el_ms, milliseconds(o.ended - o.due))) return false;
    if (o.chunks == 0) return true;
    if (exceeds(slo_.ttft_ms, milliseconds(o.first_content - o.due))) return false;
    const double gaps = milliseconds(o.last_content - o.first_content);
    if (o.chunks > 1 && exceeds(slo_.itl_ms, gaps / (o.chunks - 1))) return false;
    const auto tokens = o.output_tokens();
    return tokens < 2 || !exceeds(slo_.tpot_ms, gaps / static_cast<double>(tokens - 1));
}

void tally::note_end(const request_outcome& o) {
    auto& sum = o.has_failed() ? recent_failed_ : recent_completed_;
    ++sum;
    if (o.has_failed()) {
        auto& kind = (o.is_measured ? errors : warmup_errors)[o.error];
        if (kind.count++ == 0) kind.example = o.example.substr(0, longest_example);
        failed += o.is_measured;
        return;
    }
    const auto took = whole(o.ended - o.due);
    recent_[3].record(took);
    if (o.chunks == 0) recent_tokens_ += o.output_tokens();
    const auto tokens = o.output_tokens();
    if (o.chunks > 0 && tokens > 1) {
        const auto each = whole((o.last_content - o.first_content) / static_cast<nanoseconds::rep>(tokens - 1));
        recent_[1].record(each);
        if (o.is_measured) all_[1].record(each);
    }
    if (!o.is_measured) return;
    all_[3].record(took);
    ++completed;
    ++(o.usage ? told : untold);
    input_tokens += o.usage ? o.usage->input_tokens : o.input_tokens;
    output_tokens += tokens;
    good += is_good(o);
}

void tally::log_interval(double t, std::FILE* hdr_log) const {
    for (std::size_t i = 0; i < recent_.size(); ++i) {
        if (recent_[i].count() == 0) continue;
        std::fprintf(hdr_log, "Tag=%s,%.3f,%.3f,%.3f,%s\n", metric_names[i], second_began_, t - second_began_,
                     in_ms(recent_[i].max()), recent_[i].encoded().c_str());
    }
}

void tally::close_second(double t, std::uint64_t in_flight, std::FILE* hdr_log) {
    if (!began_) second_began_ = std::min(0.0, t);
    began_ = true;
    if (hdr_log) log_interval(t, hdr_log);
    const auto& ttft = recent_[0];
    const auto& itl = recent_[2];
    last_second_ = {t,
                    recent_completed_,
                    recent_failed_,
                    recent_tokens_,
                    in_flight,
                    in_ms(ttft.quantile(0.5)),
                    in_ms(ttft.quantile(0.99)),
                    in_ms(itl.quantile(0.5)),
                    in_ms(itl.quantile(0.99))};
    recent_completed_ = recent_failed_ = recent_tokens_ = 0;
    for (auto& h : recent_) h.clear();
    second_began_ = t;
    if (seconds_taken_ > 0) {
        merge(timeline.back(), last_second_);
    } else {
        timeline.push_back(last_second_);
    }
    seconds_taken_ = (seconds_taken_ + 1) % seconds_in_point_;
    if (timeline.size() < most_points || seconds_taken_ != 0) return;
    for (std::size_t i = 0; i + 1 < timeline.size(); i += 2) {
        timeline[i / 2] = timeline[i];
        merge(timeline[i / 2], timeline[i + 1]);
    }
    timeline.resize(timeline.size() / 2);
    seconds_in_point_ *= 2;
}

}  // namespace ferry::bench
