// What a comparison has said so far, read from its events (docs: README, "One prompt to several models"). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/text_columns.hpp"
#include "openai/sse.hpp"

namespace ferry::app {

// Of one model. Text of others: not fit for a terminal as it stands.
struct compared_answer {
    std::string model, text;
    bool has_ended = false;
    std::string error_code, error;  // "" if it has not failed
    // Of its summary, as they are shown; "" where nobody knows.
    std::string finish_reason, ttft_ms, tokens_per_second, prompt_tokens, completion_tokens, cost;

    bool has_failed() const { return !error.empty(); }
};

class compare_answers {
public:
    explicit compare_answers(const std::vector<std::string>& models);

    // Bytes of the event stream, however they are split.
    void take(std::string_view payload);
    // No more will come: whoever has no summary yet was cut short.
    void finish(std::string_view why);

    const std::vector<compared_answer>& all() const { return answers_; }
    std::size_t failures() const;

private:
    void take_event(std::string_view json);

    std::vector<compared_answer> answers_;
    openai::sse_scanner scanner_;
    std::string pending_;
};

text_column column_of(const compared_answer& answer);

// model, finish, TTFT, tokens a second, tokens in and out, cost, error.
std::string summary_table(const std::vector<compared_answer>& answers);

// How many models failed by the document of a comparison that is no stream.
std::size_t failures_in(std::string_view document);

// `message` of an error answer, with its code; of what is none its beginning.
std::string error_text(std::string_view answer);

}  // namespace ferry::app
