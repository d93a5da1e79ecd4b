#pragma once

#include <string>
#include <string_view>

#include "openai/event_facts.hpp"
#include "openai/facts_reader.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {

// Reads a whole (not streamed) JSON answer as it passes by, in pieces of any size, with memory that does not grow.
// Leading blank lines, which some services send to keep a connection open, are white space to it.
// Owned by: the relay of one answer. Lives on: a core.
class usage_finder {
public:
    usage_finder();
    usage_finder(const usage_finder&) = delete;
    usage_finder& operator=(const usage_finder&) = delete;

    // Never fails: after a byte that cannot be JSON the rest is ignored.
    void feed(std::string_view piece);

    // A byte other than white space has come.
    bool has_begun() const { return begun_; }
    // The first such byte; 0 if none yet.
    char first_byte() const { return first_; }
    // So far the body is one complete JSON value.
    bool is_complete() const;
    // What is known so far; final once the body has ended.
    event_facts facts() const;
    // The top-level `id`, at most 128 bytes.
    const std::string& id() const { return reader_.id(); }

private:
    facts_reader reader_;
    json_scanner<facts_reader, false> scanner_;
    bool begun_ = false;
    char first_ = 0;
};

}  // namespace ferry::openai
