#include "app/application.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>

#include "app/descriptor_plan.hpp"
#include "app/metrics.hpp"
#include "app/process_figures.hpp"
#include "base/log.hpp"
#include "catalog/secret_source.hpp"
#include "store/store_error.hpp"

namespace ferry::app {

namespace {

constexpr auto beat_interval = milliseconds(200);

sigset_t awaited_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int one : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&set, one);
    return set;
}

void report_unmade(const std::string& what) {
    log_error("A document of the admin listener could not be made: {}", what);
}

}  // namespace

application::signal_mask::signal_mask() {
    const auto set = awaited_signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow (ulimit -f) is an error of the call that wanted it
}

application::application(settings configuration, std::function<load_result()> load_again, inheritance given,
                         log_outputs& logs)
    : settings_(std::move(configuration)),
      load_again_(std::move(load_again)),
      logs_(logs),
      given_(std::move(given)),
      most_connections_(static_cast<std::int64_t>(settings_.server.max_connections)),
      bodies_(settings_.server.limits.body_memory),
      answers_(settings_.server.limits.answer_memory),
      spools_(settings_.server.limits.spool_bytes),
      shared_{settings_,     names_,
              bodies_,       answers_,
              spools_,       logs_.access,
              addresses_,    upstream_sockets_,
              breakers_,     delays_,
              repetitions_,  hedges_,
              owners_,       speeds_,
              slots_,        remembered_,
              archive_,      limiter_,
              sizes_,        budgets_,
              calibrations_, read_certificate(settings_, nullptr)},
      issuer_thread_("issued ids", report_unmade),
      operators_("operators", report_unmade) {}

application::~application() {
    lookup_.stop();
}

void application::start() {
    descriptor_limit_ = raise_descriptor_limit();
    open_sockets();
    database_ = store::open(settings_.store);
    const bool is_prepared = prepare_store();
    usage_store_ = database_->usage();
    issuers_ = database_->usage();
    owners_.set_store([this](std::string id, relay::id_owners::answer then) {
        const auto ask = [this, id = std::move(id), then] { find_issuer(id, then); };
        if (!issuer_thread_.post(ask)) then(std::optional<relay::id_owner>());
    });
    journal_ = std::make_unique<usage::journal>(settings_.usage, core_count());
    archive_.open(database_->conversations(), database_->conversations());
    remembered_.reconfigure(memory_options());
    shipper_ = std::make_unique<usage::shipper>(*journal_, *usage_store_, &archive_);
    archive_.set_caught_up([this] { return shipper_->has_caught_up(); });
    archive_.purge_after(settings_.conversations.purge_after);
    // On a file no other process serves, but for a moment: there it is for the next start.
    const auto interval = store::is_server_url(settings_.store.url) ? milliseconds(250) : milliseconds(5000);
    limit_exchange_ =
        std::make_unique<limits::exchange>(limiter_, database_->limits(), to_string(journal_->instance()), interval);
    budgets_.tell_by(webhook_of(settings_));
    budgets_.open(database_->budgets(), to_string(journal_->instance()), settings_.budget);
    keep_calibrations();
    start_cores();
    const auto proxies = upstream::proxy_choice(settings_.upstream).described();
    if (!proxies.empty()) log_info("Providers are reached through {}, but for this machine", proxies);
    start_refresher(is_prepared);
    descriptors_at_start_ = static_cast<std::int64_t>(read_process_figures().open_descriptors);
    share_descriptors();
    for (auto& one : cores_) one->start();
}

// Under a name that is the same after a restart: what was learnt is taken up again.
void application::keep_calibrations() {
    if (!settings_.usage.estimate || keeper_) return;
    char host[256] = {};
    ::gethostname(host, sizeof host - 1);
    keeper_ = std::make_unique<usage::calibration_keeper>(calibrations_, database_->calibrations(),
                                                          std::string(host) + ":" + settings_.usage.journal_dir);
}

unsigned application::core_count() const {
    return settings_.server.threads != 0 ? settings_.server.threads : std::max(1u, std::thread::hardware_concurrency());
}

void application::bring_schema_up_to_date() {
    std::string names;
    for (const auto& applied : store::prepare(*database_, settings_.store)) {
        names += fmt::format("{}{} {}", names.empty() ? "" : ", ", applied.version, applied.name);
    }
    if (!names.empty()) log_info("The store's schema was brought up to date: {}", names);
}

// False if the store is away and a snapshot may do for now: the schema is looked at once the store is back.
bool application::prepare_store() {
    try {
        bring_schema_up_to_date();
        return true;
    } catch (const store::store_unavailable&) {
        if (settings_.store.snapshot_file.empty()) throw;
        return false;
    }
}

void application::find_issuer(const std::string& id, const relay::id_owners::answer& then) {
    try {
        const auto found = issuers_->find_issuer(id);
        std::optional<relay::id_owner> owner;
        if (found) owner = relay::id_owner{found->model_id, found->key_id, found->user_id};
        then(owner);
    } catch (const std::exception& error) {
        then(fault::self(fault_code::model_unavailable,
                         "It cannot be found out now who keeps what this id stands for: try again shortly.",
                         std::string("The store is away: ") + error.what()));
    }
}

// Another replica may add to a conversation between two turns, and an operator may delete it.
conversation::memory_options application::memory_options() const {
    conversation::memory_options chosen;
    chosen.most_messages = settings_.conversations.max_messages;
    chosen.trusted = store::is_server_url(settings_.store.url) ? milliseconds(1000) : milliseconds(10'000);
    return chosen;
}

void application::start_refresher(bool is_prepared) {
    const auto open_models = [this, is_prepared]() mutable {
        if (!is_prepared) bring_schema_up_to_date();
        is_prepared = true;
        return database_->models();
    };
    catalog::loader loader(open_models, catalog::read_secret,
                           {settings_.store.snapshot_file, settings_.store.snapshot_max_age});
    refresher_ = std::make_unique<catalog::refresher>(std::move(loader), settings_.store.refresh_interval,
                                                      [this](catalog::published fresh) { publish(std::move(fresh)); });
    refresher_->start();
    watch_ = database_->watch_catalog([this] { refresher_->look(); });
}

void application::start_cores() {
    for (unsigned i = 0; i < core_count(); ++i) {
        core_hooks hooks{[this, i](int fd) { place(i, fd); }, [this, i] { spare_descriptor(i); }};
        auto made = std::make_unique<core>(i, shared_, journal_->writer(i), std::move(hooks));
        listen_on(*made, i);
        cores_.push_back(std::move(made));
    }
    cores_.front()->listen_for_ops(admin_.sockets, ops_answers());
}

server::ops_answers application::ops_answers() {
    server::ops_answers answers;
    answers.not_ready = [this] { return not_ready(); };
    answers.degraded = [this] { return degraded(); };
    answers.status = [this](auto take) { operators_.post([this, take] { take(status_json(look())); }); };
    answers.metrics = [this](auto take) { operators_.post([this, take] { take(metrics_text(sheet_, look())); }); };
    return answers;
}

void application::publish(catalog::published fresh) {
    std::shared_ptr<const access::key_table> keys;
    if (fresh.keys->are_all)
        keys = std::make_shared<const access::key_table>(fresh.keys->rows);
    else
        keys = std::make_shared<const access::key_table>(*current_.keys, fresh.keys->rows, fresh.keys->gone);
    note_refused_keys(keys->refused());
    speeds_.keep(fresh.models->asks_for_speed());
    slots_.follow(fresh.models);
    access::snapshot old = std::exchange(current_, {fresh.models, keys});
    for (auto& one : cores_) one->publish(current_);
    retired_.add(std::move(old));
}

void application::note_refused_keys(const std::vector<catalog::refused_row>& rows) {
    const std::lock_guard lock(mutex_);
    catalog::log_new_refusals(rows, refused_keys_);
    refused_keys_ = rows;
}

std::optional<std::string> application::not_ready() const {
    if (draining_) return "shutting down";
    return std::nullopt;
}

// What works, but not as it should.
std::optional<std::string> application::degraded() const {
    std::string why;
    const auto catalog = refresher_->state();
    if (!catalog.last_error.empty()) {
        why = "the catalog cannot be refreshed, " + std::string(catalog.is_from_snapshot ? "a snapshot of " : "") +
              "version " + std::to_string(catalog.version) + " stays in use: " + catalog.last_error;
    }
    const auto journal = journal_->status();
    if (!journal.last_error.empty()) {
        why += (why.empty() ? "" : "; ") + ("the usage journal fails: " + journal.last_error);
    }
    const auto shipping = shipper_->status();
    if (!shipping.last_error.empty()) {
        why += (why.empty() ? "" : "; ") + ("usage rows wait in the journal: " + shipping.last_error);
    }
    if (why.empty()) return std::nullopt;
    return why;
}

status_sources application::look() const {
    std::unique_lock lock(mutex_);
    auto configuration = settings_;
    auto refused_keys = refused_keys_;
    lock.unlock();
    return {cores_,
            std::move(configuration),
            {most_connections_, closed_idle_, refused_connections_},
            bodies_,
            answers_,
            breakers_,
            slots_.list(),
            refresher_->state(),
            std::move(refused_keys),
            journal_->status(),
            shipper_->status(),
            {logs_.diagnostics.dropped_lines(), logs_.access.dropped_lines()},
            budgets_.figures(),
            started_,
            draining_,
            degraded()};
}

std::string application::client_url() const {
    const auto address = clients_.front().sockets.front().bound_address();
    const std::string scheme = settings_.server.tls_certificate.empty() ? "http://" : "https://";
    return address.starts_with("unix:") ? address : scheme + address + "/v1";
}

std::string application::admin_url() const {
    const auto address = admin_.sockets.front().bound_address();
    return address.starts_with("unix:") ? address : "http://" + address;
}

void application::run_until_signalled() {
    tell_ready();
    for (int got = 0; got != SIGTERM && got != SIGINT;) {
        got = next_signal(successor_ ? poll_interval : beat_interval);
        if (got == SIGHUP) reload();
        if (got == SIGUSR2) start_successor();
        if (is_succeeded()) return leave();
        beat();
    }
    stop();
}

int application::next_signal(milliseconds most) {
    const auto set = awaited_signals();
    const timespec pause{0, std::chrono::nanoseconds(most).count()};
    return ::sigtimedwait(&set, nullptr, &pause);
}

// A core that hangs is one that a restart would help.
void application::beat() {
    if (std::all_of(cores_.begin(), cores_.end(), [](const auto& one) { return one->is_alive(); })) manager_.beat();
}

}  // namespace ferry::app
