#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/request.hpp"
#include "io/timer_heap.hpp"
#include "upstream/ledger.hpp"
#include "upstream/object_store.hpp"
#include "upstream/rate_limiter.hpp"
#include "upstream/script.hpp"
#include "upstream/stats.hpp"

namespace ferry::bench {

inline bool is_control(std::string_view path) {
    return path.substr(0, 10) == "/_control/";
}

struct control_reply {
    int status;
    std::string_view content_type;
    std::string body;
};

// What lies under /_control/. Owned by: the server. Lives on: any thread.
class control {
public:
    control(script& s, ledger& l, object_store& o, rate_limiter& limits, stats& counters);  // all outlive this
    void set_start_script(boost::json::value source);  // what a reset goes back to; throws as script::load does

    // nullopt: a wait that is not over; ask again soon. `since` is when it was asked first.
    std::optional<control_reply> answer(const request& r, steady::time_point since);

private:
    control_reply load_script(std::string_view body);
    control_reply reset();
    std::optional<control_reply> stats_reply(std::string_view query, steady::time_point since) const;
    std::optional<control_reply> ledger_reply(std::string_view query, steady::time_point since) const;

    script& script_;
    ledger& ledger_;
    object_store& objects_;
    rate_limiter& limits_;
    stats& stats_;
    boost::json::value start_script_;
};

}  // namespace ferry::bench
