// How a running application ends: because it was told to, or because another process has taken over.
#include <signal.h>

#include <algorithm>
#include <thread>

#include "app/application.hpp"
#include "base/log.hpp"

namespace ferry::app {

namespace {

constexpr auto last_words = std::chrono::seconds(2);
// For the next request on an idle connection after a hand-over: as long as the usual clients keep one.
constexpr auto idle_patience = milliseconds(5000);

}  // namespace

// Waits for it, at most so long; false when another signal says to hasten.
bool application::wait(milliseconds most, const std::function<bool()>& is_over) {
    const auto until = steady::now() + most;
    while (steady::now() < until && !is_over()) {
        const int got = next_signal(poll_interval);
        beat();
        if (got == SIGTERM || got == SIGINT) return false;
        if (got == SIGUSR2) log_warn("SIGUSR2: this process is ending and hands nothing over");
    }
    return true;
}

// One step on every core after the other, so that nobody who was accepted is overlooked by those who then wait until
// nobody is connected.
void application::drain(listeners which, milliseconds patience) {
    std::vector<std::future<void>> stopped, begun;
    for (auto& one : cores_) stopped.push_back(one->stop_accepting(which));
    for (const auto& one : stopped) one.wait_for(last_words);
    clients_.clear();
    for (auto& one : cores_) begun.push_back(one->begin_drain(which, patience));
    for (const auto& one : begun) one.wait_for(last_words);
}

void application::stop() {
    if (successor_) {
        log_info("The process {} that was to take over is told to stop too", successor_->pid());
        successor_->end();
    }
    log_info("Stopping: {} connections are open", open_connections());
    manager_.tell("STOPPING=1");
    draining_ = true;
    const bool patient = wait(settings_.server.drain_grace, [] { return false; });
    drain(listeners::of_clients, milliseconds(0));
    end(patient);
}

// The successor has the sockets: whoever connects from now on is its client. It has the readiness of both, too.
void application::leave() {
    manager_.hand_over_to(successor_->pid());
    for (auto* address : addresses()) {
        for (auto& socket : address->sockets) socket.own_file(false);
    }
    const auto patience = std::min(idle_patience, settings_.server.drain_timeout);
    drain(listeners::all, patience);
    log_info("Process {} is ready and serves from now on; {} connections end here", successor_->pid(),
             open_connections());
    admin_.sockets.clear();
    end(wait(patience, [this] { return cores_.front()->open_ops() == 0; }));
}

// Each may wait for a store that is away: all at once.
void application::stop_telling() {
    const std::jthread limits([this] { limit_exchange_->stop(); });
    const std::jthread budgets([this] { budgets_.stop(); });
    const std::jthread estimates([this] {
        if (keeper_) keeper_->stop();
    });
    refresher_->stop();
}

void application::end(bool patient) {
    const auto all_left = [this] { return open_connections() == 0; };
    if (patient) wait(settings_.server.drain_timeout, all_left);
    for (auto& one : cores_) one->stop_exchanges();
    wait(std::chrono::duration_cast<milliseconds>(last_words), all_left);
    for (auto& one : cores_) one->finish();
    for (auto& one : cores_) one->join();
    lookup_.stop();
    operators_.stop();
    archive_.stop();
    for (auto& one : cores_) {
        if (one->is_empty()) continue;
        log_error("A connection did not end when it was told to; please report it.");
        static_cast<void>(one.release());
    }
    std::erase(cores_, nullptr);
    watch_.reset();
    database_->hurry(std::chrono::duration_cast<milliseconds>(last_words) / 2);
    stop_telling();
    journal_->close();
    if (!shipper_->flush(steady::now() + last_words)) {
        log_warn("The store did not take all usage rows in time; the rest waits in {} for the next start",
                 settings_.usage.journal_dir);
    }
    shipper_->stop();
    log_info("Stopped");
}

}  // namespace ferry::app
