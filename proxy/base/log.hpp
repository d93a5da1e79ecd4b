// Diagnostics on stderr: one line per message, text on a terminal and JSON lines elsewhere. Control characters and
// invalid UTF-8 are escaped, so no client can forge a line. Any thread may log; before set_up_log() it is text at info.
// Without a background_log the calling thread writes, and waits for a slow reader for a second at most.
// REQUIRES: no secret and no request or response body in any argument.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

namespace ferry {

enum class log_level { trace, debug, info, warn, error };

// automatic: text where the stream is a terminal, JSON where it is not.
enum class log_format { automatic, text, json };

// Section [log] of the configuration.
struct log_options {
    log_level level = log_level::info;  // messages below it are not formatted at all
    log_format format = log_format::automatic;
    bool access = true;  // one line per request on stdout (base/access_log.hpp)
    // A request that was not answered (a stream: not begun) for longer is told at level warn with its phases; 0: none.
    std::chrono::milliseconds slow{0};

    bool operator==(const log_options&) const = default;
};

// Takes effect at once for every thread. Called at start-up; again on a reload. Does not throw.
void set_up_log(const log_options& options);

bool log_enabled(log_level level);

// Writes the line whatever the level. A failed write is ignored: the log never ends the process.
void write_log(log_level level, std::string_view message);

// While it lives, lines are written by a thread of their own: nobody who logs ever waits. One at a time. What leads to
// std::terminate is logged, and what was logged is waited for, a second at most.
class background_log {
public:
    background_log();
    ~background_log();  // what is not written within a second is dropped
    background_log(const background_log&) = delete;
    background_log& operator=(const background_log&) = delete;

    std::uint64_t dropped_lines() const;
};

// Writes to a descriptor that may be a pipe nobody reads: gives up after a second.
void write_within_a_second(int descriptor, std::string_view text);

// Formats and writes if the level is enabled. The format string is checked while compiling.
template <class... Args>
void log_at(log_level level, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(level)) write_log(level, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_debug(fmt::format_string<Args...> format, Args&&... args) {
    log_at(log_level::debug, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
    log_at(log_level::info, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_warn(fmt::format_string<Args...> format, Args&&... args) {
    log_at(log_level::warn, format, std::forward<Args>(args)...);
}
template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
    log_at(log_level::error, format, std::forward<Args>(args)...);
}

}  // namespace ferry
