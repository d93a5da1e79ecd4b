// A stream that broke off when its client had a part of it, and the tries that may go on with it.
#pragma once

#include <memory>

#include "base/fault.hpp"
#include "relay/answer/seam.hpp"
#include "relay/exchange/request.hpp"

namespace ferry::relay {

// The answer is one that another try could go on with: what the client has of it is to be kept.
bool is_worth_keeping(const request& x);
// ... and so far nothing speaks against it.
bool may_be_rescued(const request& x);
// ... and it broke off by something that another try might not meet.
bool may_go_on(const request& x, const fault& why);
// It broke off, but each choice has come to its end.
bool is_whole_but_for_its_end(const request& x, const fault& why);

// What a client has stays as it was until a try says more than that. Owned by `handle`; lives on the request's core.
class rescue {
public:
    explicit rescue(request& x) : x_(x) {}
    rescue(const rescue&) = delete;
    rescue& operator=(const rescue&) = delete;

    bool is_under_way() const { return joint_ != nullptr; }
    // ... and the client has nothing yet of who goes on.
    bool is_joining() const { return joint_ && !joint_->is_passed(); }
    // Where the answer of the next try goes on; null while nothing broke off.
    seam* joint() { return joint_.get(); }

    // The answer of this try broke off, `why`, and the client has all that it is given of it. False: nobody may go on.
    // To be called before the try is finished: what it used is estimated for its own sake.
    bool begin(const fault& why);
    // How `to` is asked to go on. REQUIRES: begin() was true.
    void ask(const catalog::candidate& to);
    // The try that failed would not have what was put into its request: it can be asked once more without that.
    bool was_refused(const fault& why);
    // Nobody is left who might.
    void forgo();
    // The answer that was joined went to the client.
    void end();
    // Nobody went on with it: the books say what the client has.
    void give_up();

    // Tells the transcript of the next try what the client has already.
    void tell_given();

private:
    go_on_by way_for(const catalog::candidate& to) const;

    request& x_;
    transcript given_;  // by the try that broke off
    billing bill_;      // what is known of what it used
    ending end_;
    std::int64_t given_tokens_ = 0;
    const catalog::candidate* by_ = nullptr;
    int attempt_ = 0, status_ = 0;
    std::unique_ptr<seam> joint_;
    bool takes_no_prefill_ = false, takes_no_pins_ = false;
};

}  // namespace ferry::relay
