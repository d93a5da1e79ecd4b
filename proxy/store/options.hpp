#pragma once

#include <chrono>
#include <string>

namespace ferry::store {

struct options {
    std::string url = "sqlite:var/ferry.db";          // `sqlite:PATH`, relative to the working directory
    std::chrono::milliseconds refresh_interval{250};  // how often the catalog asks model_store::change_token()
    bool auto_migrate = true;                         // bring the schema up to date when the store is opened for use
    // How long a call waits for another writer. Below the 2 s in which every store thread must stop; a caller that
    // got store_unavailable tries again.
    std::chrono::milliseconds busy_timeout{1000};

    bool operator==(const options&) const = default;
};

}  // namespace ferry::store
