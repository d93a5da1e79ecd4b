#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workload/options.hpp"

namespace ferry::bench {

// What surrounds a prompt in every body: model, stream, tools, extra_body, max_tokens. Owned by: a workload. Lives on:
// any thread once made.
class request_body {
public:
    // Throws std::invalid_argument in words if --extra-body or --tools is at fault.
    explicit request_body(const workload_options& options);

    // The body of a prompt made of messages: `said` is what add_message() appended one after another.
    std::string around(std::size_t model, std::string_view said, std::uint32_t output_tokens) const;
    // A body from a file with ours laid over it. "": its own model stays; 0: its own limit.
    std::string over(boost::json::object body, std::string_view model, std::uint32_t output_tokens) const;

    // How a text is said by `role`: begin, the text as the inside of a JSON string, end. Texts of completions and
    // embeddings run on, but for the line break around an answer.
    void begin_message(std::string_view role, std::string& said) const;
    void end_message(std::string_view role, std::string& said) const;

    // The member in which the operation has its prompt, and that which limits the answer ("": none).
    std::string_view prompt_member() const;
    std::string_view limit_member() const;
    // The limit that extra_body says, 0 if it takes it away.
    std::optional<std::uint32_t> said_limit() const { return said_limit_; }

private:
    bool is_of_messages() const;

    const asked_operation operation_;
    boost::json::object ours_;  // stream, stream_options, tools
    boost::json::object extra_;
    bool streams_ = false;
    std::optional<std::uint32_t> said_limit_;
    std::vector<std::string> heads_;  // by model: up to where the messages stand
};

}  // namespace ferry::bench
