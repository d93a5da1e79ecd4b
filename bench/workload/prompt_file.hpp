#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workload/options.hpp"
#include "workload/record_reader.hpp"

namespace ferry::bench {

// One record of a prompts file: a body, or a conversation.
struct filed_prompt {
    struct turn {
        std::string question;
        std::uint32_t answer_tokens = 0;  // of the answer on record, guessed; 0: there is none
    };

    boost::json::object body;        // with its prompt where the operation has it; empty if there are turns
    std::uint32_t input_tokens = 0;  // of the body, guessed
    std::string system;
    std::vector<turn> turns;
    std::uint64_t line = 0;
};

// JSON lines (or one array) of prompts, bodies or batch entries, or of ShareGPT's conversations, one by one. Owned by:
// a workload. Throws std::invalid_argument in words.
class prompt_file {
public:
    prompt_file(const std::string& file, prompts_form form, asked_operation operation);

    // nullopt: the file is at its end. Conversations in which nobody asks anything are passed over.
    std::optional<filed_prompt> next();
    void rewind() { records_.rewind(); }
    std::uint64_t consumed() const { return records_.consumed(); }
    prompts_form form() const { return form_; }
    [[noreturn]] void fail(std::uint64_t line, const std::string& what) const { records_.fail(line, what); }

private:
    void take(boost::json::object& object, filed_prompt& into) const;
    void take_batch(boost::json::object& object, filed_prompt& into) const;
    void take_body(boost::json::object& body, filed_prompt& into) const;
    void take_conversation(const boost::json::object& object, filed_prompt& into) const;

    record_reader records_;
    prompts_form form_;
    const asked_operation operation_;
};

}  // namespace ferry::bench
