// What SIGHUP changes in a running application.
#include <fmt/format.h>

#include "app/application.hpp"
#include "app/config/restart_keys.hpp"
#include "base/log.hpp"

namespace ferry::app {

std::shared_ptr<const net::tls_server> read_certificate(const settings& chosen, const net::tls_server* before) {
    if (chosen.server.tls_certificate.empty()) return nullptr;
    const net::tls_files files{chosen.server.tls_certificate, chosen.server.tls_key};
    return std::make_shared<const net::tls_server>(files, before);
}

limits::webhook_options webhook_of(const settings& chosen) {
    auto made = chosen.webhook;
    made.reach = chosen.upstream;
    // What Ferry is to providers is no business of whoever is told.
    made.reach.client_certificate.clear();
    made.reach.client_key.clear();
    return made;
}

void application::reload() {
    manager_.tell_reloading();
    auto read = load_again_();
    for (const auto& one : read.warnings) log_warn("{}", to_text(one));
    for (const auto& one : read.faults) log_error("{}", to_text(one));
    bool taken = read.faults.empty();
    try {
        if (taken) reconfigure(std::move(read.loaded));
    } catch (const std::exception& error) {
        log_error("{}", error.what());
        taken = false;
    }
    if (!taken) log_error("SIGHUP: the configuration is not taken over as long as it has faults; the one before stays");
    refresher_->refresh_now();
    manager_.tell("READY=1");
}

// Throws before anything is changed: a certificate or an authority that cannot be read.
void application::reconfigure(settings fresh) {
    const auto waiting = keep_until_restart(settings_, fresh);
    auto tls = read_certificate(fresh, shared_.tls.get());
    // What stands in files may have changed under the same names.
    const bool has_files = !fresh.upstream.ca_file.empty() || !fresh.upstream.client_certificate.empty();
    const bool trusts_others = has_files || fresh.upstream.tls() != settings_.upstream.tls();
    std::vector<std::shared_ptr<net::tls_client>> providers(cores_.size());
    for (auto& one : providers) {
        if (!trusts_others) break;
        one = std::make_shared<net::tls_client>(fresh.upstream.tls());
    }
    set_up_log(fresh.log);
    bodies_.limit = fresh.server.limits.body_memory;
    answers_.limit = fresh.server.limits.answer_memory;
    spools_.limit = fresh.server.limits.spool_bytes;
    refresher_->set_interval(fresh.store.refresh_interval);
    const auto chosen = std::make_shared<const settings>(fresh);
    for (std::size_t i = 0; i < cores_.size(); ++i) cores_[i]->reconfigure(chosen, tls, std::move(providers[i]));
    shared_.tls = std::move(tls);
    {
        const std::lock_guard lock(mutex_);
        settings_ = std::move(fresh);
    }
    remembered_.reconfigure(memory_options());
    keep_calibrations();
    archive_.purge_after(settings_.conversations.purge_after);
    budgets_.tell_by(webhook_of(settings_));
    budgets_.reconfigure(settings_.budget);
    share_descriptors();
    log_info("SIGHUP: the configuration, the catalog and the keys in files and the environment were read again");
    if (!waiting.empty())
        log_warn("These keys have changed but need a restart: {}", fmt::format("{}", fmt::join(waiting, ", ")));
}

}  // namespace ferry::app
