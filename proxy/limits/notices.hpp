// Budgets that are used up, on their way to the webhook.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

#include "access/limits.hpp"
#include "limits/webhook.hpp"
#include "store/budget_store.hpp"

namespace ferry::limits {

struct notice {
    store::budget_notice of;
    access::budget_period period = access::budget_period::total;
    std::int64_t period_end_us = 0;
    std::int64_t spent_pico = 0;  // in the period, by all, as far as it is known
    bool is_soft = false;         // requests go on
    std::int64_t at_us = 0;       // when it was found out
    std::string currency;
};

// The JSON document that is sent, and what names it: the same for all processes and tries.
webhook_message message_of(const notice& what, const std::string& name, const std::string& replica);

// Of all processes that find out, the one that claims a notice in the store sends it.
// Owned by: the budgets. Any thread may add; the others run on the thread of the store.
class notices {
public:
    void reconfigure(const webhook_options& chosen) { webhook_.reconfigure(chosen); }
    // Forgotten where no webhook is configured, or 1,000 wait.
    void add(notice what);
    // Some of those that wait; the others at the next call. What the store cannot be asked about waits on.
    void hand_out(store::budget_store& store, const std::string& replica);
    // What is not delivered within a second may be told by another process.
    void finish(store::budget_store& store, const std::string& replica);
    webhook_figures figures() const { return webhook_.figures(); }

private:
    bool hand_out_one(store::budget_store& store, const std::string& replica);

    std::mutex mutex_;
    std::deque<notice> waiting_;
    webhook webhook_;
};

}  // namespace ferry::limits
