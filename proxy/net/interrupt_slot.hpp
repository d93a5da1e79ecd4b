// What an exchange is waiting on at this moment, so that one call can end the wait whatever it is.
#pragma once

#include "net/byte_stream.hpp"

namespace ferry::net {

// Owned by an exchange; lives on its core.
class interrupt_slot {
public:
    // Ends the wait under way and every later one: the client is gone, or the process stops.
    void interrupt() {
        interrupted_ = true;
        poke();
    }
    // Ends the wait under way only: a deadline of one phase.
    void poke() {
        if (target_ != nullptr) target_->interrupt();
    }
    bool interrupted() const { return interrupted_; }
    // The interruption was understood, and there is still something to say to the client.
    void reset() { interrupted_ = false; }

    // Names what is waited on for as long as it lives.
    class holder {
    public:
        holder(interrupt_slot& slot, interruptible& target) : slot_(slot), before_(slot.target_) {
            slot_.target_ = &target;
            if (slot_.interrupted_) target.interrupt();
        }
        ~holder() { slot_.target_ = before_; }
        holder(const holder&) = delete;
        holder& operator=(const holder&) = delete;

    private:
        interrupt_slot& slot_;
        interruptible* before_;
    };

private:
    interruptible* target_ = nullptr;
    bool interrupted_ = false;
};

}  // namespace ferry::net
