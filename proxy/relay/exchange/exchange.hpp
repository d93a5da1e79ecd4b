// All that is known of one request while it is served.
#pragma once

#include <array>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.hpp"
#include "base/clock.hpp"
#include "base/id.hpp"
#include "catalog/routing.hpp"
#include "net/interrupt_slot.hpp"
#include "openai/chat_request.hpp"
#include "openai/token_usage.hpp"
#include "provider/repair.hpp"
#include "relay/exchange/body_buffer.hpp"
#include "relay/exchange/client_link.hpp"
#include "relay/exchange/services.hpp"
#include "usage/journal_writer.hpp"

namespace ferry::relay {

// How the request ended, as the usage row and the access log tell it.
struct ending {
    int status = 0;  // what the client was given; 499 when it had gone
    std::string error_code;
    std::string finish_reason;
    usage::end_reason reason = usage::end_reason::done;
    usage::basis basis = usage::basis::none;
    openai::token_usage tokens;
};

// Owned by a session; lives on its core, for one request. Its `waiting` slot is how the watcher, a deadline or a
// shutdown ends whatever it is waiting for.
struct exchange {
    exchange(services& core_services, client_link& link, std::string_view operation_name)
        : core(core_services),
          client(link),
          head(link.reader.head()),
          operation(operation_name),
          pinned(core.current),
          settings(core.settings),
          body(core.bodies) {}
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;

    // The process stops and its time for draining is up: what is in flight ends with an honest error.
    bool stopping() const { return core.phase == run_phase::stopping; }

    services& core;
    client_link& client;
    const net::http_head& head;
    std::string_view operation;
    const access::snapshot pinned;
    const std::shared_ptr<const relay::settings> settings;
    const access::principal* who = &access::anonymous_principal();

    // identity and time
    const std::int64_t started_at_us = wall_us();
    const steady::time_point started = steady::now();
    steady::time_point moment = started;  // the latest look at the clock: good enough for what needs no better
    uuid id = make_uuid(started_at_us);
    std::array<char, 36> id_chars = to_chars(id);
    std::string_view id_text() const { return {id_chars.data(), id_chars.size()}; }
    std::string_view client_address = client.address;  // of the peer, or the one a trusted proxy names
    std::string_view client_request_id;                // the client's x-request-id where it is sane, else ""
    steady::time_point total_until = steady::time_point::max();

    // the request
    body_buffer body;
    openai::chat_request request;
    catalog::route route;

    // the tries
    usage::open_request books;                    // open once the request resolved to a model
    int tries = 0;                                // begun so far
    std::vector<usage::attempt_result> attempts;  // ended
    std::list<std::string> attempt_codes;         // what their error_code views point to
    const catalog::candidate* answered_by = nullptr;
    std::string upstream_request_id;
    std::string upstream_limits;  // header lines `x-ratelimit-...: ...\r\n` of the upstream, checked

    // the answer
    std::string browser_headers;  // header lines for a browser of another origin
    ending end;
    bool attempts_used = false;     // Ferry has made all the tries it may: the client need not make more
    bool head_sent = false;         // a byte of the answer went to the client
    provider::repair_set adjusted;  // how the request that was answered differs from what its provider refused
    bool keep_alive = true;         // the connection serves another request afterwards
    std::uint64_t bytes_out = 0;
    std::int64_t before_us = -1, after_us = 0;  // Ferry's own time: before the request left, after the answer came
    std::int64_t waited_us = 0;                 // for the client's body and for connections, until the request left
    std::int64_t body_us = 0, write_us = 0;     // waits for the client: to send its request, to take its answer
    std::int64_t connect_us = 0;                // waits for upstream connections
    std::int64_t upstream_us = -1;              // from the last try's request to the head of its answer
    std::int64_t cost_pico = 0;
    std::size_t body_bytes = 0;  // of the request
    std::optional<steady::time_point> first_token;

    net::interrupt_slot waiting;
    bool gone = false;  // the client is no longer there
    bool cut = false;   // the answer could not be completed: the connection must not end in an orderly way
};

}  // namespace ferry::relay
