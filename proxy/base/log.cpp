#include "base/log.hpp"

#include <poll.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <exception>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/escape.hpp"
#include "base/log_thread.hpp"

namespace ferry {
namespace {

// %j in a pattern: the message with everything escaped that could end the line or the JSON string.
class escaped_message : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        const std::string text = escaped(std::string_view(message.payload.data(), message.payload.size()));
        out.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<escaped_message>(); }
};

// %q: the same for people.
class line_message : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        std::string line;
        append_readable(line, std::string_view(message.payload.data(), message.payload.size()));
        out.append(line.data(), line.data() + line.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<line_message>(); }
};

// %k: the names of log_level in `log.level` and in JSON lines.
class level_name : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
        constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warn", "error"};
        const std::string_view name = names.at(static_cast<std::size_t>(message.level));
        out.append(name.data(), name.data() + name.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<level_name>(); }
};

spdlog::level::level_enum to_spdlog(log_level level) {
    switch (level) {
        case log_level::trace:
            return spdlog::level::trace;
        case log_level::debug:
            return spdlog::level::debug;
        case log_level::info:
            return spdlog::level::info;
        case log_level::warn:
            return spdlog::level::warn;
        case log_level::error:
            return spdlog::level::err;
    }
    return spdlog::level::info;
}

constexpr std::size_t longest_message = 16 * 1024;  // before it is escaped

enum class line_form { text, colored, json };

std::unique_ptr<spdlog::formatter> make_formatter(line_form form) {
    const bool json = form == line_form::json;
    const auto time_zone = json ? spdlog::pattern_time_type::utc : spdlog::pattern_time_type::local;
    auto made = std::make_unique<spdlog::pattern_formatter>(time_zone);
    made->add_flag<escaped_message>('j').add_flag<line_message>('q').add_flag<level_name>('k');
    made->set_pattern(json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%fZ","level":"%k","message":"%j"})"
                           : "%Y-%m-%d %H:%M:%S.%e %^%k%$ %q");
    return made;
}

// Formats on the thread that logs and hands the line to the background thread, if there is one.
class stderr_sink : public spdlog::sinks::sink {
public:
    void log(const spdlog::details::log_msg& message) override {
        const auto form = form_.load(std::memory_order_relaxed);
        // A formatter remembers the second it wrote last, so each thread has its own.
        thread_local std::array<std::unique_ptr<spdlog::formatter>, 3> formatters;
        auto& formatter = formatters.at(static_cast<std::size_t>(form));
        if (!formatter) formatter = make_formatter(form);
        spdlog::memory_buf_t formatted;
        formatter->format(message, formatted);
        std::string line(formatted.data(), formatted.size());
        if (form == line_form::colored) color(line, message);
        if (auto* thread = thread_.load(std::memory_order_acquire)) {
            thread->put(std::move(line), 1);
        } else {
            write_within_a_second(STDERR_FILENO, line);
        }
    }
    void flush() override {}
    void set_pattern(const std::string&) override {}
    void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

    void use(line_form form) { form_.store(form, std::memory_order_relaxed); }
    void begin_thread() {
        kept_ = std::make_unique<log_thread>(STDERR_FILENO, "the log");
        thread_.store(kept_.get(), std::memory_order_release);
    }
    // It is kept: a thread that has not been joined may be about to use it.
    void end_thread() {
        thread_.store(nullptr, std::memory_order_release);
        kept_->finish(std::chrono::seconds(1));
    }
    log_thread* thread() const { return thread_.load(std::memory_order_acquire); }

private:
    // The level's name, as spdlog's own sinks show it on a terminal.
    static void color(std::string& line, const spdlog::details::log_msg& message) {
        constexpr std::array<std::string_view, 5> colors{"\x1b[37m", "\x1b[36m", "\x1b[32m", "\x1b[33m\x1b[1m",
                                                         "\x1b[31m\x1b[1m"};
        if (message.color_range_end <= message.color_range_start) return;
        line.insert(message.color_range_end, "\x1b[m");
        line.insert(message.color_range_start, colors.at(static_cast<std::size_t>(message.level)));
    }

    std::atomic<line_form> form_{line_form::text};
    std::atomic<log_thread*> thread_{nullptr};
    std::unique_ptr<log_thread> kept_;
};

stderr_sink& the_sink() {
    // Never deleted: a thread that is held up may log while the process ends.
    static auto* const sink = new stderr_sink;
    return *sink;
}

spdlog::logger& the_logger() {
    static const auto logger = [] {
        const std::shared_ptr<stderr_sink> sink(&the_sink(), [](stderr_sink*) {});
        auto made = std::make_shared<spdlog::logger>("ferry", sink);
        made->set_error_handler([](const std::string&) {});
        return made;
    }();
    return *logger;
}

[[noreturn]] void end_process() {
    try {
        if (const auto error = std::current_exception()) std::rethrow_exception(error);
        log_error("The process ends: std::terminate was called. Please report it.");
    } catch (const std::exception& error) {
        log_error("The process ends because of an error that nobody handled: {}. Please report it.", error.what());
    } catch (...) {
        log_error("The process ends because of an error that nobody handled. Please report it.");
    }
    if (auto* thread = the_sink().thread()) thread->flush(std::chrono::seconds(1));
    std::abort();
}

}  // namespace

void write_within_a_second(int descriptor, std::string_view text) {
    const auto until = steady::now() + std::chrono::seconds(1);
    while (!text.empty()) {
        const auto left = std::chrono::duration_cast<milliseconds>(until - steady::now()).count();
        pollfd target{descriptor, POLLOUT, 0};
        // What is ready takes PIPE_BUF bytes without waiting.
        if (left <= 0 || ::poll(&target, 1, static_cast<int>(left)) == 0) return;
        const auto wrote = ::write(descriptor, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        if (wrote < 0 && errno != EINTR && errno != EAGAIN) return;
        if (wrote > 0) text.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

background_log::background_log() {
    the_sink().begin_thread();
    std::set_terminate(end_process);
}

background_log::~background_log() {
    the_sink().end_thread();
}

std::uint64_t background_log::dropped_lines() const {
    return the_sink().thread()->dropped_lines();
}

void set_up_log(const log_options& options) {
    const bool is_terminal = ::isatty(STDERR_FILENO) != 0;
    const bool json = options.format == log_format::json || (options.format == log_format::automatic && !is_terminal);
    the_sink().use(json ? line_form::json : is_terminal ? line_form::colored : line_form::text);
    the_logger().set_level(to_spdlog(options.level));
}

bool log_enabled(log_level level) {
    return the_logger().should_log(to_spdlog(level));
}

void write_log(log_level level, std::string_view message) {
    const auto kept = message.substr(0, longest_message);
    the_logger().log(to_spdlog(level), spdlog::string_view_t(kept.data(), kept.size()));
}

}  // namespace ferry
