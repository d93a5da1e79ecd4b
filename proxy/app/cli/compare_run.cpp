#include "app/cli/compare_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <memory>
#include <optional>

#include "app/cli/terminal_screen.hpp"
#include "net/executor.hpp"

namespace ferry::app {

namespace asio = boost::asio;

namespace {

// Often enough to look alive, seldom enough to cost nothing.
constexpr milliseconds between_frames{50};

// As under nohup: whoever started the command wants it to go on.
bool is_ignored(int number) {
    struct sigaction now {};
    return ::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

// Owned by run_comparison(); lives on its event loop.
class comparison {
public:
    comparison(const settings& chosen, const comparison_request& wanted, shown_as how)
        : request_(wanted.request),
          how_(how),
          call_(context_, wheel_, chosen, wanted.where, wanted.trusts_all),
          answers_(wanted.models),
          next_frame_(wheel_),
          ending_(context_),
          resizing_(context_, SIGWINCH) {
        for (const int one : {SIGINT, SIGTERM, SIGHUP}) {
            if (!is_ignored(one)) ending_.add(one);
        }
        next_frame_.on_expiry([this] { draw(); });
    }

    comparison_outcome run() {
        ending_.async_wait([this](const boost::system::error_code& cancelled, int) {
            if (cancelled) return;
            told_.was_interrupted = true;
            call_.interrupt();
        });
        watch_size();
        net::spawn(context_, ask(), [this](const std::string& what) {
            told_.answer.failed = "the comparison itself failed: " + what;
            context_.stop();
        });
        context_.run();
        screen_.reset();
        if (told_.answer.is_stream) answers_.finish("The answer was cut short.");
        if (how_ == shown_as::parts) print_whole_ones();
        told_.models = answers_.all();
        told_.failures = answers_.failures();
        return std::move(told_);
    }

private:
    asio::awaitable<void> ask() {
        ferry_call::sink events = [this](std::string_view payload) { take(payload); };
        ferry_request request = request_;
        told_.answer = co_await call_.ask(std::move(request), std::move(events));
        context_.stop();  // signals and the wheel's timer may be waited for still
    }

    void take(std::string_view payload) {
        answers_.take(payload);
        if (how_ == shown_as::parts) print_whole_ones();
        if (how_ != shown_as::live || next_frame_.armed()) return;
        next_frame_.arm(std::max(steady::now(), drawn_at_ + between_frames));
    }

    void draw() {
        if (!screen_) screen_.emplace();
        drawn_at_ = steady::now();
        std::vector<text_column> columns;
        for (const auto& one : answers_.all()) columns.push_back(column_of(one));
        const auto size = size_of_screen();
        screen_->draw(fitted(columns, size.columns, size.lines, terminal_styles()));
    }

    void watch_size() {
        resizing_.async_wait([this](const boost::system::error_code& cancelled, int) {
            if (cancelled) return;
            if (screen_) draw();
            watch_size();
        });
    }

    void print_whole_ones() {
        const auto& all = answers_.all();
        for (; printed_ < all.size() && all[printed_].has_ended; ++printed_) {
            const auto column = column_of(all[printed_]);
            if (printed_ > 0) fmt::print("\n");
            for (const auto& line : one_below_other({&column, 1}, no_limit, {})) fmt::print("{}\n", line);
            std::fflush(stdout);
        }
    }

    const ferry_request request_;
    const shown_as how_;
    asio::io_context context_{1};
    net::timer_wheel wheel_{context_};
    ferry_call call_;
    compare_answers answers_;
    std::optional<drawn_screen> screen_;
    net::deadline next_frame_;
    steady::time_point drawn_at_{};
    std::size_t printed_ = 0;
    asio::signal_set ending_, resizing_;
    comparison_outcome told_;
};

}  // namespace

comparison_outcome run_comparison(const settings& chosen, const comparison_request& wanted, shown_as how) {
    return comparison(chosen, wanted, how).run();
}

}  // namespace ferry::app
