// What to do after a try has failed. Pure.
#pragma once

#include "base/fault.hpp"

namespace ferry::relay {

enum class next_step { give_up, same_on_fresh_connection };

// What is known of the try that failed.
struct failed_try {
    bool connected = false;        // the connection stood
    bool reused = false;           // ... and had served another request before
    bool answer_begun = false;     // a byte of an answer was received for this request
    int tries_so_far = 1;          // this one included
    bool client_waits = true;      // neither gone, nor was a byte of the answer sent, nor is the process stopping
    bool silent_upstream = false;  // the first-byte deadline ended it: the work may be under way, never ask again
};

// One more try on a fresh connection: after a connect that failed, or a reused connection that broke before a byte of
// an answer (it was closed as idle at the moment of its use: RFC 9112 section 9.3.1 lets a client repeat then).
inline next_step decide(const fault& why, const failed_try& tried) {
    if (!tried.client_waits || tried.tries_so_far >= 2 || tried.answer_begun || tried.silent_upstream) {
        return next_step::give_up;
    }
    if (why.retry != retry_advice::same) return next_step::give_up;
    if (!tried.connected || tried.reused) return next_step::same_on_fresh_connection;
    return next_step::give_up;
}

}  // namespace ferry::relay
