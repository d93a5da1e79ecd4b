// A streamed answer as its client has it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "openai/answer_words.hpp"
#include "usage/word_tally.hpp"

namespace ferry::relay {

// Kept while a stream passes, so that another try can go on with it where this one breaks off. Words of an event count
// once the client is given it: keep() and forget() end each. Owned by: the transcript of the answer. Lives on: a core.
class given_answer final : public openai::answer_words {
public:
    // Of events with types everything is kept: those with a piece of text as that, the others as they are. Else text
    // and thoughts are, and what is neither ends it.
    explicit given_answer(bool is_typed)
        : text_place_(is_typed ? openai::word_place::delta : openai::word_place::said), is_typed_(is_typed) {}

    void begin(openai::word_place place) override { place_ = place; }
    void add(std::string_view piece) override;
    void note_call() override;
    void note_thought() override { tally_.note_thought(); }

    // The event whose words came last goes to the client.
    void keep(std::string_view raw);
    // The same; the client knows the answer by the first event of `before`.
    void keep_as_first(const given_answer& before);
    // It does not.
    void forget();
    // It was given in parts: nobody can go on behind it.
    void lose();

    // Nothing that is not kept has come: the rest tells what the client has.
    bool is_whole() const { return !is_lost_ && has_event_; }
    const std::string& said() const { return said_; }
    const std::string& thought() const { return thought_; }
    // Events without text, and where between the texts they stood. Without types the first one alone.
    struct mark {
        std::size_t text_before;
        std::string data;
    };
    const std::vector<mark>& marks() const { return marks_; }
    // The number of the next event, where they have numbers.
    std::int64_t next_sequence() const { return next_sequence_; }
    void count_event(std::int64_t next_sequence) { next_sequence_ = next_sequence; }

    const usage::word_tally& tally() const { return tally_; }
    std::size_t held() const { return said_.capacity() + thought_.capacity() + mark_bytes_; }

private:
    static constexpr std::size_t most_kept = 256u << 10;

    void add_mark(std::string_view raw);

    usage::word_tally tally_;
    std::string said_, thought_;
    std::size_t said_kept_ = 0, thought_kept_ = 0;  // of them what the client is known to have
    std::vector<mark> marks_;
    std::size_t mark_bytes_ = 0, room_ = most_kept;
    std::int64_t next_sequence_ = 0;
    openai::word_place place_ = openai::word_place::other;
    const openai::word_place text_place_;
    const bool is_typed_;
    bool has_event_ = false, is_lost_ = false;
};

}  // namespace ferry::relay
