#pragma once

#include <chrono>
#include <string>

namespace ferry::store {

struct options {
    std::string url = "sqlite:var/ferry.db";          // `sqlite:PATH`, or `postgres://...`
    std::chrono::milliseconds refresh_interval{250};  // how often the catalog asks model_store::change_token()
    bool auto_migrate = true;                         // bring the schema up to date when the store is opened for use
    // How long a call waits for another writer. Below the 2 s in which every store thread must stop; a caller that
    // got store_unavailable tries again.
    std::chrono::milliseconds busy_timeout{1000};
    // How long a call to a server may take in all before its connection is cut. (The embedded store has no such calls.)
    std::chrono::milliseconds call_timeout{10'000};

    // Where the last good models and keys are kept for a start without the store, "" for nowhere; and how long ago the
    // store may have confirmed them last.
    std::string snapshot_file;
    std::chrono::milliseconds snapshot_max_age{std::chrono::hours(24)};

    bool operator==(const options&) const = default;
};

}  // namespace ferry::store
