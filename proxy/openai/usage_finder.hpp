#pragma once

#include <string_view>
#include <utility>

#include "openai/event_facts.hpp"
#include "openai/facts_reader.hpp"
#include "openai/json_scanner.hpp"

namespace ferry::openai {

// Reads a whole (not streamed) JSON answer as it passes by, in pieces of any size, with memory that does not grow.
// Leading blank lines, which some services send to keep a connection open, are white space to it.
// Owned by: the relay of one answer. Lives on: a core.
class usage_finder {
public:
    // `words`: who takes the words of the answer as they come; null: nobody. Outlives this.
    explicit usage_finder(answer_words* words = nullptr);
    usage_finder(const usage_finder&) = delete;
    usage_finder& operator=(const usage_finder&) = delete;

    // Never fails: after a byte that cannot be JSON the rest is ignored.
    void feed(std::string_view piece);

    // A byte other than white space has come.
    bool has_begun() const { return has_begun_; }
    // So far the body is one complete JSON value.
    bool is_complete() const;
    // What is known so far; final once the body has ended.
    const event_facts& facts() const { return reader_.facts(); }
    // The same, to keep. REQUIRES: nothing is asked afterwards.
    event_facts take_facts() { return std::move(reader_.facts()); }

private:
    facts_reader reader_;
    json_scanner<facts_reader, false> scanner_;
    bool has_begun_ = false;
};

}  // namespace ferry::openai
