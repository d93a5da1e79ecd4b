#pragma once

#include <memory>
#include <string>
#include <vector>

#include "upstream/body_source.hpp"
#include "upstream/content.hpp"
#include "upstream/served.hpp"

namespace ferry::bench {

// Of the older completions the text is all there is: no roles, no reasoning, no tools.
enum class completion_form { chat, text };

// A stream of chat.completion.chunk: for every choice a role chunk, the deltas, a finish chunk; then usage and [DONE]
// as the action says. The choices of n > 1 take turns. Each event is made when it is due. A text_completion has no role
// chunk.
class chat_stream final : public body_source {
public:
    chat_stream(std::shared_ptr<const action> a, const request_facts& facts, served what, content text,
                completion_form form = completion_form::chat);
    bool next(piece& to) override;
    std::unique_ptr<body_source> copy() const override { return std::make_unique<chat_stream>(*this); }

private:
    enum class tail { error, usage, done, late_usage };

    void append_delta(std::size_t line, std::string& out) const;
    void append_text(std::size_t line, std::string& out) const;
    void append_choice(std::size_t line, std::size_t choice, piece& to) const;
    void append_usage(bool is_last, std::size_t line, piece& to) const;
    void append_tail(tail what, piece& to) const;

    std::shared_ptr<const action> action_;
    served served_;
    completion_form form_;
    content text_;
    content reasoning_;
    content refusal_;
    std::vector<std::string> tool_deltas_;
    std::string prefix_;  // up to the choices
    std::string finish_reason_;
    bool says_null_usage_;
    bool fails_ = false;  // ends in an error event, without a finish chunk
    std::size_t n_;
    std::size_t roles_;  // lines before the content, per choice
    std::size_t lines_;  // per choice: role, deltas, finish
    std::vector<tail> tails_;
    std::size_t at_ = 0;
};

// The whole answer to the same request.
std::string whole_completion(const action& a, const request_facts& facts, const served& what, const content& text);

// The whole answer to a request for older completions; `facts.n` counts the choices of all prompts.
std::string whole_text_completion(const action& a, const request_facts& facts, const served& what,
                                  const content& text);

// Whether a whole answer of this form reports its usage where OpenAI does, and so says how many tokens it took.
bool whole_answer_reports(usage_form form);

}  // namespace ferry::bench
