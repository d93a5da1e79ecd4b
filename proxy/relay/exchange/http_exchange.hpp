// What every HTTP exchange with a client has, whoever answers it.
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "access/key_table.hpp"
#include "access/principal.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "net/interrupt_slot.hpp"
#include "relay/exchange/client_link.hpp"
#include "relay/exchange/services.hpp"
#include "usage/records.hpp"

namespace ferry::relay {

// How the exchange ended, as the access log and a usage row tell it.
struct ending {
    int status = 0;  // what the client was given; 499 when it had gone
    std::string error_code;
    usage::end_reason reason = usage::end_reason::done;
};

// Owned by a session; lives on its core, for one request. Operators and GET /models are answered by it alone; a request
// that is relayed is one, too (relay/exchange/request). Its `waiting` slot is how the watcher, a deadline or a shutdown
// ends whatever it is waiting for.
struct http_exchange {
    http_exchange(services& core_services, client_link& link, std::string_view operation_name)
        : core(core_services),
          client(link),
          head(link.reader.head()),
          operation_name(operation_name),
          pinned(core.current),
          settings(core.settings) {}
    virtual ~http_exchange() = default;
    http_exchange(const http_exchange&) = delete;
    http_exchange& operator=(const http_exchange&) = delete;

    // The process stops and its time for draining is up: what is in flight ends with an honest error.
    bool stopping() const { return core.phase == run_phase::stopping; }
    // The client has left. True: what it asked for is read on without it, and is not to be interrupted.
    virtual bool goes_on_alone() { return false; }
    // It was read on for long enough.
    void end_drain() {
        reads_on = false;
        waiting.interrupt();
    }

    services& core;
    client_link& client;
    const net::http_head& head;
    std::string_view operation_name;  // for logs and metrics
    const access::snapshot pinned;
    const std::shared_ptr<const relay::settings> settings;
    const access::principal* who = &access::anonymous_principal();
    access::key_table::refusal refused_key{access::key_refusal::none, {}};  // for operators alone
    std::string asked_model;                                                // where the path names it

    // identity and time
    const std::int64_t started_at_us = wall_us();
    const steady::time_point started = steady::now();
    steady::time_point moment = started;  // the latest look at the clock: good enough for what needs no better
    uuid id = make_uuid(started_at_us);
    std::array<char, 36> id_chars = to_chars(id);
    std::string_view id_text() const { return {id_chars.data(), id_chars.size()}; }
    std::string client_address = client.address;  // of the peer, or the one a trusted proxy names
    std::string_view client_request_id;           // the client's x-request-id where it is sane, else ""

    // the answer
    std::string browser_headers;  // header lines for a browser of another origin
    ending end;
    bool head_sent = false;  // a byte of the answer went to the client
    bool keep_alive = true;  // the connection serves another request afterwards
    std::uint64_t bytes_out = 0;
    std::int64_t write_us = 0;  // waits for the client to take its answer

    net::interrupt_slot waiting;
    bool gone = false;      // the client is no longer there
    bool reads_on = false;  // ... and what it asked for is read on all the same
    bool cut = false;       // the answer could not be completed: the connection must not end in an orderly way
};

}  // namespace ferry::relay
