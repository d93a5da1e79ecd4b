// The whole proxy of one process: start() and stop() are two lists that read top to bottom.
#pragma once

#include <unistd.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/config/settings.hpp"
#include "app/core.hpp"
#include "app/inheritance.hpp"
#include "app/metric_sheet.hpp"
#include "app/retired_snapshots.hpp"
#include "app/service_manager.hpp"
#include "app/status.hpp"
#include "app/successor.hpp"
#include "catalog/refresher.hpp"
#include "limits/exchange.hpp"
#include "net/acceptor.hpp"
#include "store/database.hpp"
#include "store/store_thread.hpp"
#include "upstream/name_cache.hpp"
#include "upstream/name_lookup.hpp"
#include "usage/calibration_keeper.hpp"
#include "usage/journal.hpp"
#include "usage/shipper.hpp"

namespace ferry::app {

// Null where none is configured; see net::tls_server, whose exception passes through.
std::shared_ptr<const net::tls_server> read_certificate(const settings& chosen, const net::tls_server* before);

// Where it is told that budgets are used up.
limits::webhook_options webhook_of(const settings& chosen);

// How the process speaks. Made before the first thread that may log, ended after the last.
struct log_outputs {
    background_log diagnostics;                          // stderr
    log_thread access{STDOUT_FILENO, "the access log"};  // stdout
};

// Owned by `ferry serve`; lives on the main thread.
class application {
public:
    // `load_again` reads the configuration as it stands when SIGHUP comes. `given` holds sockets to serve on.
    application(settings configuration, std::function<load_result()> load_again, inheritance given, log_outputs& logs);
    ~application();
    application(const application&) = delete;
    application& operator=(const application&) = delete;

    // Throws std::exception with one clear sentence: a used port, an unwritable journal folder, an unreadable store.
    void start();
    // Where clients and operators reach it: "http://127.0.0.1:5173/v1", "http://127.0.0.1:5174".
    std::string client_url() const;
    std::string admin_url() const;
    // Waits for the signal that ends the process, then stops. A second signal hastens. SIGHUP reloads. SIGUSR2 starts
    // the program again; once that process is ready it has the listening sockets, and this one finishes and stops.
    void run_until_signalled();

private:
    // One entry of server.listen, or server.admin_listen.
    struct served_address {
        std::string configured;
        socket_role role = socket_role::client;
        std::vector<net::listening_socket> sockets;
        bool are_lent = false;  // see inheritance
    };
    std::vector<served_address*> addresses();
    unsigned core_count() const;
    void open_sockets();
    void open(served_address& which);
    void listen_on(core& which, unsigned index);
    void tell_ready();
    void start_successor();
    bool is_succeeded();
    void bring_schema_up_to_date();
    bool prepare_store();
    void find_issuer(const std::string& id, const relay::id_owners::answer& then);
    conversation::memory_options memory_options() const;
    void keep_calibrations();
    void start_cores();
    void start_refresher(bool is_prepared);
    void publish(catalog::published fresh);
    void share_descriptors();
    void note_refused_keys(const std::vector<catalog::refused_row>& rows);
    void place(unsigned accepted_on, int fd);
    bool make_room(unsigned on);
    bool close_one(server::idleness what, milliseconds age, unsigned on);
    void spare_descriptor(unsigned on);
    std::int64_t open_connections() const;
    std::optional<std::string> not_ready() const;
    std::optional<std::string> degraded() const;
    status_sources look() const;
    server::ops_answers ops_answers();

    void reload();
    void reconfigure(settings fresh);
    void beat();
    static int next_signal(milliseconds most);  // less than a second
    bool wait(milliseconds most, const std::function<bool()>& is_over);
    void drain(listeners which, milliseconds patience);
    void stop();
    void leave();
    void end(bool patient);
    void stop_telling();

    // First, so that every thread that follows has the signals blocked and only the main thread waits for them.
    struct signal_mask {
        signal_mask();
    };
    const signal_mask signals_;
    static constexpr auto poll_interval = milliseconds(10);  // while something is awaited
    settings settings_;
    const std::function<load_result()> load_again_;
    log_outputs& logs_;
    inheritance given_;
    std::unique_ptr<successor> successor_;  // null unless one is starting
    service_manager manager_;
    std::int64_t descriptor_limit_ = 0, descriptors_at_start_ = 0;
    std::atomic<std::int64_t> most_connections_;  // within the limit of descriptors
    std::atomic<std::uint64_t> closed_idle_{0}, refused_connections_{0};
    server::address_counts addresses_;
    upstream::socket_budget upstream_sockets_;
    std::unique_ptr<store::database> database_;
    std::unique_ptr<store::usage_store> usage_store_, issuers_;
    std::vector<served_address> clients_;
    served_address admin_;
    upstream::name_lookup lookup_;
    upstream::name_cache names_{lookup_};
    relay::memory_budget bodies_, answers_, spools_;
    relay::circuits breakers_;
    relay::row_delays delays_;
    relay::retry_budget repetitions_;
    relay::hedge_budget hedges_;
    relay::id_owners owners_;
    relay::row_speeds speeds_;
    relay::row_slots slots_;
    conversation::memory remembered_{{}};
    conversation::archive archive_{remembered_};
    limits::limiter limiter_;
    limits::request_sizes sizes_;
    limits::budgets budgets_;
    usage::calibrations calibrations_;
    shared_parts shared_;
    std::unique_ptr<usage::journal> journal_;
    std::unique_ptr<usage::shipper> shipper_;
    std::unique_ptr<limits::exchange> limit_exchange_;
    std::unique_ptr<usage::calibration_keeper> keeper_;  // null where nothing is estimated
    std::vector<std::unique_ptr<core>> cores_;
    access::snapshot current_;  // of the refresher's thread
    std::unique_ptr<catalog::refresher> refresher_;
    std::unique_ptr<store::catalog_watch> watch_;  // null where the store has none

    mutable std::mutex mutex_;  // guards refused_keys_, and settings_ while the main thread changes it
    std::vector<catalog::refused_row> refused_keys_;
    std::atomic<bool> draining_{false};
    steady::time_point started_ = steady::now();

    metric_sheet sheet_;  // of the thread below
    retired_snapshots retired_{operators_};
    // Asks the store who issued an id.
    store::store_thread issuer_thread_;
    // Makes what is long, one document at a time, so that no core does. Last: it reads all of the above.
    store::store_thread operators_;
};

}  // namespace ferry::app
