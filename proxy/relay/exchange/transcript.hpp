// What one answer says.
#pragma once

#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "openai/event_facts.hpp"
#include "openai/token_usage.hpp"
#include "relay/exchange/given_answer.hpp"
#include "relay/exchange/kept_answer.hpp"
#include "usage/word_tally.hpp"

namespace ferry::relay {

// Learnt once as the answer passes by, event by event from a stream, at its end from a document; who bills, counts or
// decides asks here, and nobody else looks into an answer. Bounded: its words are counted, and its text is kept only of
// streams that another try may have to go on with. Owned by: the request, for the try that answers. Lives on: its core.
// No I/O, no clock.
class transcript {
public:
    // An event, or a whole document, that tells of no failure.
    void learn(const openai::event_facts& facts);
    // What counts of any other: of an error, of one behind the end of the answer.
    void learn_usage(const openai::event_facts& facts) { openai::take_later(usage_, facts.usage); }
    // Ids that the answering account alone knows, in an event or document that may hold some.
    void learn_ids(std::string_view json);
    const std::vector<std::string>& ids() const { return ids_; }
    // It is about work that was done in the background: what that used is told here, and nowhere before.
    void learn_late(bool is_late) { is_late_ = is_late; }
    bool is_late() const { return is_late_; }
    // So many bytes of what is neither a document nor events.
    void learn_bytes(std::size_t count) { bytes_ += static_cast<std::int64_t>(count); }
    std::int64_t bytes() const { return bytes_; }
    // The answer is to be stored: its words are kept.
    void keep_words() { words_ = std::make_unique<kept_answer>(); }
    kept_answer* words() { return words_.get(); }
    // Another try may have to go on with the stream: what the client has of it is kept.
    void keep_given(bool is_typed) { given_ = std::make_unique<given_answer>(is_typed); }
    given_answer* given() { return given_.get(); }
    const given_answer* given() const { return given_.get(); }
    std::size_t held() const { return (words_ ? words_->bytes() : 0) + (given_ ? given_->held() : 0); }
    // Nobody may say how many tokens the answer has: its words are counted as they come, by whoever reads it.
    void count_words() { counts_words_ = true; }
    openai::answer_words* tally() {
        if (given_) return given_.get();
        return counts_words_ ? &tally_ : nullptr;
    }
    const usage::word_tally& words_said() const { return given_ ? given_->tally() : tally_; }
    // A part of an event that is not there as a whole yet.
    void learn_payload() { has_payload_ = true; }

    const std::optional<openai::token_usage>& usage() const { return usage_; }
    // The last one that was said, "" before; at most 64 bytes.
    const std::string& finish_reason() const { return finish_reason_; }
    // At least one choice has occurred, with or without content.
    bool has_choice() const { return has_choice_; }
    // What the answer is about: its state in the provider's word, "" if it has none.
    const std::string& status() const { return status_; }
    // Things that were counted besides tokens, each absent where the answer did not say.
    struct counts {
        std::int64_t listed = 0;  // elements of the list that is the answer
        std::optional<std::int64_t> seconds, searches, pages;
    };
    const counts& counted() const { return counted_; }
    // How many events said that something is complete.
    std::int64_t last_events() const { return last_events_; }
    // The number of the next event in a stream of numbered ones.
    std::int64_t next_sequence() const { return next_sequence_; }
    // It goes on with another answer under that one's numbers.
    void count_on_from(std::int64_t next) { next_sequence_ = next; }
    // Some choice carried text, reasoning, tool calls or a refusal.
    bool has_payload() const { return has_payload_; }
    // Each choice that has begun has its finish reason, and there is one.
    bool all_finished() const { return finished_.any() && (seen_ & ~finished_).none(); }

private:
    std::optional<openai::token_usage> usage_;
    std::string finish_reason_, status_;
    counts counted_;
    std::vector<std::string> ids_;
    std::unique_ptr<kept_answer> words_;   // null: nobody wants them
    std::unique_ptr<given_answer> given_;  // null: nobody can go on with it
    std::int64_t next_sequence_ = 0, bytes_ = 0, last_events_ = 0;
    std::bitset<openai::choices_max> seen_, finished_;
    usage::word_tally tally_;
    bool has_choice_ = false, has_payload_ = false, is_late_ = false, counts_words_ = false;
};

}  // namespace ferry::relay
