// Tokens that nobody reported.
#pragma once

#include "relay/exchange/request.hpp"

namespace ferry::relay {

// The answer to this may be billed by an estimate: it counts tokens, and usage.estimate is on.
bool may_be_estimated(const request& x);

// And it has words that can be counted.
bool counts_words(const request& x);

// What the prompt will count, before anybody was asked. REQUIRES: the body is there.
struct prompt_guess {
    std::int64_t tokens = 0;
    bool is_text_alone = true;  // nothing in it is of unknown size
};
prompt_guess expected_prompt(const request& x, const catalog::candidate& row);

// The body is not needed for another try. It stays for an estimate as long as less than a quarter of limits.body_memory
// is in use; else what the estimate needs of it is counted now.
void let_body_go(request& x);

// Fills what x.bill lacks, and says so in it: of an answer that a client was given, at least in part, or did not wait
// for. REQUIRES: x.end and x.bill say all that is known.
void estimate_usage(request& x);

// Ends the drain of an answer that has gone on for stream.drain_tokens.
void end_long_drain(request& x);

// The words of a document are to be counted: its usage is missing, or is to be learnt from.
bool wants_words(request& x);

// Whether the estimates of the row's model shall learn from what was reported. Asked after settle() at the latest.
bool wants_lesson(request& x);
// Takes some microseconds of which the client need not know. REQUIRES: wants_lesson(), and the body is there.
void teach_estimator(request& x);

}  // namespace ferry::relay
