// Where the facts stand in what upstreams answer: a small tree of member names.
#pragma once

#include <string_view>

namespace ferry::openai {

// A place in the tree: first those that are objects or arrays with something to follow inside, then the leaves.
enum class fact : unsigned char {
    none,
    root,
    choices,  // array
    choice,   // one of its elements
    message,  // delta or message
    filled,   // an object or array that is payload if anything is in it, and where words of the answer may stand
    words,    // one where words of the answer stand, and no more than that is of interest
    call,     // an item of a response that is complete: of its words only the name of a tool is new
    silent,   // one that is payload if anything is in it, and whose words stand elsewhere, too
    error,
    sign,  // an object or array that means a failure if anything is in it
    usage,
    prompt_details,
    completion_details,
    vendor,  // an object that may hold a usage object
    timings,
    listing,     // array whose elements are counted
    response,    // an object that is what the answer is about
    meta,        // an object with `billed_units`
    billed,      // that
    usage_info,  // an object that counts pages
    status,      // an object that holds the code of a failure

    // those in which words of the answer may stand
    payload,       // a string, array or object that is payload if not empty
    beside,        // the same, of what is not the text of the answer: calls of tools, a refusal
    thought,       // the same, of what was thought; of two spellings
    thought_also,  // only the first that says something has words
    delta,         // the words of a typed event
    output,        // what a response consists of
    item,          // one of these, complete
    nested,        // something inside of these
    call_name,     // in there: the name of a tool that is called

    presence,  // a string, array or object that is payload if not empty, without words
    success,   // a literal: false means a failure
    identity,  // a string that says which one it is
    // those whose text matters
    error_flag,  // "object": "error"
    code,        // of a failure, or of none
    index,
    finish_reason,
    event_type,
    state,
    seconds,
    searches,
    pages,
    sequence,
    // the leaves of usage_reader
    prompt_tokens,
    completion_tokens,
    total_tokens,
    input_tokens,
    output_tokens,
    cached_in_details,
    cached_hits,
    cached_misses,
    cached_beside,
    cache_reads,
    cache_writes,
    cache_writes_beside,
    reasoning_tokens,
    audio_tokens,
    audio_output_tokens,
    timings_cached,
};

// What member `name` of `where` is; none for all that Ferry does not look at.
fact find_fact(fact where, std::string_view name);

}  // namespace ferry::openai
