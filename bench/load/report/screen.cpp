#include "load/report/screen.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <string>

#include "load/report/table.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t widest_line = 40;

// The last values as bars of eight heights.
class sparkline {
public:
    void add(double value) {
        values_.push_back(value);
        if (values_.size() > widest_line) values_.pop_front();
    }
    std::string drawn() const {
        static constexpr const char* bars[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
        const double most = values_.empty() ? 0 : *std::max_element(values_.begin(), values_.end());
        std::string out;
        for (const double v : values_) out += bars[most > 0 ? std::min(7, static_cast<int>(v / most * 8)) : 0];
        return out;
    }

private:
    std::deque<double> values_;
};

std::string time_left(const run_progress& p) {
    const auto& o = p.options;
    double left = -1;
    const double whole = std::chrono::duration<double>(o.duration).count();
    if (whole > 0) left = whole - p.elapsed;
    const auto done = p.counts.completed + p.counts.failed;
    if (whole <= 0 && o.requests > 0 && done > 0 && p.elapsed > 0) {
        left = static_cast<double>(o.requests - std::min(done, o.requests)) * p.elapsed / static_cast<double>(done);
    }
    if (p.elapsed < 0) return "warming up";
    if (left < 0) return "";
    return std::to_string(static_cast<int>(left + 0.5)) + " s left";
}

std::string errors_so_far(const tally& c) {
    std::string out;
    for (const auto* errors : {&c.errors, &c.warmup_errors}) {
        for (const auto& [kind, seen] : *errors) out += "  " + kind + " " + shown_count(seen.count);
    }
    return out.empty() ? "  none" : out;
}

// Of a second, in which there may have been none.
std::string seen_ms(double ms) {
    return ms > 0 ? shown_ms(ms) : "-";
}

class live_screen final : public run_observer {
public:
    void second(const run_progress& p) override {
        const auto& s = p.counts.last_second();
        rates_.add(static_cast<double>(s.completed));
        ttfts_.add(s.ttft_p99_ms);
        itls_.add(s.itl_p99_ms);
        if (drawn_ > 0) std::fprintf(stderr, "\x1b[%dA\x1b[J", drawn_);
        std::fprintf(stderr, "%7.0f s   %s\n", p.elapsed, time_left(p).c_str());
        std::fprintf(stderr, "  requests/s  %10s   in flight %-8s %s\n", shown_count(s.completed).c_str(),
                     shown_count(p.in_flight).c_str(), rates_.drawn().c_str());
        std::fprintf(stderr, "  TTFT ms p50 %10s   p99 %-14s %s\n", seen_ms(s.ttft_p50_ms).c_str(),
                     seen_ms(s.ttft_p99_ms).c_str(), ttfts_.drawn().c_str());
        std::fprintf(stderr, "  ITL  ms p50 %10s   p99 %-14s %s\n", seen_ms(s.itl_p50_ms).c_str(),
                     seen_ms(s.itl_p99_ms).c_str(), itls_.drawn().c_str());
        std::fprintf(stderr, "  tokens/s    %10s   errors%.*s\n", shown_count(s.output_tokens).c_str(), line_room(),
                     errors_so_far(p.counts).c_str());
        drawn_ = 5;
    }
    void over() override {
        if (drawn_ > 0) std::fprintf(stderr, "\x1b[%dA\x1b[J", drawn_);
        drawn_ = 0;
    }

private:
    // What is broken over two lines would not be drawn over.
    static int line_room() {
        winsize size{};
        if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 60) return 40;
        return size.ws_col - 36;
    }

    sparkline rates_, ttfts_, itls_;
    int drawn_ = 0;
};

class plain_lines final : public run_observer {
public:
    void second(const run_progress& p) override {
        if (++seconds_ % 5 != 0) return;
        const auto& s = p.counts.last_second();
        std::fprintf(stderr,
                     "%6.0f s  %s requests/s  %s in flight  TTFT p50 %s p99 %s ms  ITL p50 %s p99 %s ms  errors%s\n",
                     p.elapsed, shown_count(s.completed).c_str(), shown_count(p.in_flight).c_str(),
                     seen_ms(s.ttft_p50_ms).c_str(), seen_ms(s.ttft_p99_ms).c_str(), seen_ms(s.itl_p50_ms).c_str(),
                     seen_ms(s.itl_p99_ms).c_str(), errors_so_far(p.counts).c_str());
    }
    void over() override { seconds_ = 0; }

private:
    int seconds_ = 0;
};

}  // namespace

std::unique_ptr<run_observer> make_screen() {
    if (isatty(STDERR_FILENO)) return std::make_unique<live_screen>();
    return std::make_unique<plain_lines>();
}

}  // namespace ferry::bench
