#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "workload/options.hpp"

namespace ferry::bench {

inline constexpr std::uint32_t no_session = std::numeric_limits<std::uint32_t>::max();

// One request to send.
struct planned_request {
    std::string_view model;           // lives as long as the workload
    std::uint32_t key = 0;            // index into workload_options::keys; 0 also where there are none
    std::string body;                 // JSON
    std::uint32_t input_tokens = 0;   // made up, said by the trace, or guessed: 4 bytes of text each
    std::uint32_t output_tokens = 0;  // the most asked for; 0: no such limit
    // Of a trace only: since the start of the run, its speed applied; never falls.
    std::optional<std::chrono::microseconds> due;
    std::uint32_t session = no_session;  // of several turns; no_session where there is one turn only
    bool last_of_session = true;
    std::chrono::microseconds think{0};  // how long to wait after the answer before next_of(session)
};

// What a load run asks, one request after another: the same for the same options and seed, as long as the answers are
// the same. Owned by: the run. Lives on: one thread. Does no I/O but reading its files as it goes.
class workload {
public:
    // Reads the first 16 MiB of its files to know that they are good. Throws std::invalid_argument in words: which
    // option or file and line, what is wrong with it, what to do.
    explicit workload(workload_options options);
    ~workload();
    workload(const workload&) = delete;
    workload& operator=(const workload&) = delete;

    // Something new: a request of its own, or the first turn of a new session. nullopt: the trace, or a prompts file
    // that does not repeat, is at its end. Throws std::invalid_argument when it meets a bad line.
    std::optional<planned_request> next();

    // Of a session whose last request was not its last: the answer came, and will be in the next turn's history.
    void answered(std::uint32_t session, std::string_view assistant_text);
    // The next turn, once the answer came (and was thought about). REQUIRES: answered(session, ...) since the last one.
    planned_request next_of(std::uint32_t session);
    // A turn failed: the session goes no further and is forgotten.
    void abandoned(std::uint32_t session);

    // Tokens in and out that a request comes to on average, for telling costs beforehand (of files: of their first
    // 16 MiB); 0: unknown.
    double mean_input_tokens() const;
    double mean_output_tokens() const;
    const workload_options& options() const;

private:
    class implementation;
    const std::unique_ptr<implementation> made_;
};

}  // namespace ferry::bench
